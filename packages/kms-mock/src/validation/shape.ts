/** The constraints of a string member. */
export interface StringShape {
  readonly type: 'string'
  readonly min?: number
  readonly max?: number
  /** Must match as a whole. */
  readonly pattern?: RegExp
  readonly values?: readonly string[]
}
/** A blob: base64 on the wire, bytes here. */
export interface BlobShape {
  readonly type: 'blob'
  readonly min: number
  readonly max: number
  /** Its value, even its size, is kept out of messages. */
  readonly sensitive?: boolean
}
/** A 32-bit integer. */
export interface IntegerShape {
  readonly type: 'integer'
  readonly min: number
  readonly max: number
}
/** A boolean. */
export interface BooleanShape {
  readonly type: 'boolean'
}
/** A map from strings to strings. */
export interface MapShape {
  readonly type: 'map'
}
/** A list. */
export interface ListShape {
  readonly type: 'list'
  readonly member: Shape
  readonly min?: number
  readonly max?: number
}
/** A structure. */
export interface StructureShape {
  readonly type: 'structure'
  readonly members: Members
}
/** The shape of a value, in the terms of AWS's service model. */
export type Shape =
  StringShape | BlobShape | IntegerShape | BooleanShape | MapShape | ListShape | StructureShape
/** A member of a structure. */
export type Member = Shape & { readonly required?: boolean }
/** The members of a structure; an operation's input is one. */
export interface Members {
  readonly [name: string]: Member
}

/** Marks a member as required. */
export const required = <S extends Shape>(shape: S): S & { readonly required: true } => ({
  ...shape,
  required: true,
})

/** The JavaScript value of a shape. */
export type ValueOf<S> = S extends { type: 'string'; values: readonly (infer V)[] }
  ? V
  : S extends { type: 'string' }
    ? string
    : S extends { type: 'blob' }
      ? Uint8Array
      : S extends { type: 'integer' }
        ? number
        : S extends { type: 'boolean' }
          ? boolean
          : S extends { type: 'map' }
            ? Readonly<Record<string, string>>
            : S extends { type: 'list'; member: infer M }
              ? readonly ValueOf<M>[]
              : S extends { type: 'structure'; members: infer T }
                ? InputOf<T>
                : never

type RequiredNames<T> = { [K in keyof T]: T[K] extends { required: true } ? K : never }[keyof T]

/** The JavaScript value of a structure whose members are `T`, decoded and validated. */
export type InputOf<T> = { readonly [K in RequiredNames<T>]: ValueOf<T[K]> } & {
  readonly [K in Exclude<keyof T, RequiredNames<T>>]?: ValueOf<T[K]>
}
