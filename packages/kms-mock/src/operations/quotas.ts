/** Resource quotas (KMS Developer Guide, "Resource quotas"; tags: "Tagging keys"). */
export const quotas = {
  keysPerRegion: 100_000,
  aliasesPerKey: 50,
  tagsPerKey: 50,
} as const
