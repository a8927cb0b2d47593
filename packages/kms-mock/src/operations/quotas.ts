/** Resource quotas (KMS Developer Guide, "Resource quotas"; tags: "Tagging keys"; policies: "Key policy document size"). */
export const quotas = {
  keysPerRegion: 100_000,
  aliasesPerKey: 50,
  tagsPerKey: 50,
  grantsPerKey: 50_000,
  customKeyStoresPerRegion: 10,
  policyBytes: 32_768,
  onDemandRotationsPerKey: 25,
} as const
