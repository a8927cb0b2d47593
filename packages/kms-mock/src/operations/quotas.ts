/** Resource quotas (KMS Developer Guide, "Resource quotas"; tags: "Tagging keys"). */
export const quotas = {
  keysPerRegion: 100_000,
  aliasesPerKey: 50,
  tagsPerKey: 50,
  onDemandRotationsPerKey: 25,
} as const
