import type { Shape, StructureShape } from './shape.js'

/** A member of a structure. */
export interface Member {
  readonly name: string
  /** As AWS's messages name it: `keyId`. */
  readonly label: string
  readonly shape: Shape
  readonly required: boolean
}

const known = new WeakMap<StructureShape, readonly Member[]>()

/** The members of a structure, in the order of the model. Made on first use, for the sake of speed. */
export const membersOf = (structure: StructureShape): readonly Member[] => {
  let members = known.get(structure)
  if (members === undefined) {
    members = Object.entries(structure.members).map(([name, shape]) => ({
      name,
      label: `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
      shape,
      required: structure.required?.includes(name) ?? false,
    }))
    known.set(structure, members)
  }
  return members
}
