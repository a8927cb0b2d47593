/** The highest revision of a name that was acknowledged to, or returned to, the user of a store object. */
export interface Floor {
  readonly revision: number
  readonly digest: string
}

/**
 * What this store object must never unsee. One small record for each name that was used, kept as long as the
 * store object: forgetting one silently would let a rolled-back location pass.
 */
export interface Floors {
  of(name: string): Floor | undefined
  /** Remember a revision unless a higher one, or another digest at the same one, is known already. */
  raise(name: string, floor: Floor): void
}

export function createFloors(): Floors {
  const floors = new Map<string, Floor>()
  return {
    of: (name) => floors.get(name),
    raise(name, { revision, digest }) {
      if (revision > (floors.get(name)?.revision ?? 0)) floors.set(name, { revision, digest })
    },
  }
}
