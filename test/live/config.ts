/** What the throwaway stack is: a new small host with a new volume and a new bucket, all of one name. */
export function liveConfig(name: string, region: string, keyFile: string, publicKey: string): Record<string, string> {
  return {
    hostCreate: 'true',
    hostLabel: name,
    hostRegion: region,
    hostPublicKey: publicKey,
    sshKeyFile: keyFile,
    disk: 'create',
    diskLabel: name,
    diskSize: '10',
    mountPoint: '/mnt/live',
    dataFolder: '/mnt/live/data',
    databases: 'shop.db',
    bucket: name,
    bucketRegion: region,
    summaryRecipients: 'owner@example.com',
  };
}
