// Pulumi loads JavaScript; Node strips the types of what this imports.
await import('./pack.ts');
