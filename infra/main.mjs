// What `pulumi up` runs. Plain JavaScript, so that an older Node can read it and report what is missing.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`The program of nightshift needs Node 22.18 or newer; this is ${process.version}.`);
  console.error('Run `npx pulumi up` in the checkout: npm puts the Node that it installed first on the PATH.');
  process.exit(1);
}
const { deploy } = await import('./program.ts');
export default deploy();
