/** The highest revision of a name that was acknowledged to, or returned to, the user of a store object. */
export interface Floor {
  readonly revision: number
  readonly digest: string
}

/** A tombstone that was made or opened by this store object, and the blob that it stands for. */
export interface Destruction {
  /** Digest of the sealed tombstone. */
  readonly tombstone: string
  /** Digest of the blob that was destroyed. */
  readonly destroyed: string
}

/**
 * What this store object must never unsee. One small record for each name that was used, and for each destroyed
 * revision, kept as long as the store object: forgetting one silently would let a rolled-back location pass.
 */
export interface Floors {
  of(name: string): Floor | undefined
  /** Remember a revision unless a higher one, or another digest at the same one, is known already. */
  raise(name: string, floor: Floor): void
  destructionOf(name: string, revision: number): Destruction | undefined
  /** Remember an authentic tombstone. It takes the place of the blob that it names. */
  destroyed(name: string, revision: number, destruction: Destruction): void
}

export function createFloors(): Floors {
  const floors = new Map<string, Floor>()
  const destructions = new Map<string, Map<number, Destruction>>()
  return {
    of: (name) => floors.get(name),
    raise(name, { revision, digest }) {
      if (revision > (floors.get(name)?.revision ?? 0)) floors.set(name, { revision, digest })
    },
    destructionOf: (name, revision) => destructions.get(name)?.get(revision),
    destroyed(name, revision, { tombstone, destroyed }) {
      const known = destructions.get(name) ?? new Map<number, Destruction>()
      destructions.set(name, known.set(revision, { tombstone, destroyed }))
      if (revision >= (floors.get(name)?.revision ?? 0)) floors.set(name, { revision, digest: tombstone })
    },
  }
}
