/** The constraints of a string. */
export interface StringShape {
  readonly type: 'string'
  readonly min?: number
  readonly max?: number
  /** A regular expression of Java's; the value must match it as a whole. */
  readonly pattern?: string
  readonly values?: readonly string[]
  /** The values as messages list them; default `values`. */
  readonly listed?: readonly string[]
  /** The value is kept out of messages. */
  readonly sensitive?: boolean
}
/** A blob: base64 on the wire, bytes here. */
export interface BlobShape {
  readonly type: 'blob'
  readonly min?: number
  readonly max?: number
  readonly sensitive?: boolean
}
/** A 32-bit integer. */
export interface IntegerShape {
  readonly type: 'integer'
  readonly min?: number
  readonly max?: number
}
/** A boolean. */
export interface BooleanShape {
  readonly type: 'boolean'
}
/** A timestamp: seconds since the epoch on the wire, a date here. */
export interface TimestampShape {
  readonly type: 'timestamp'
}
/** A map; its keys are strings. */
export interface MapShape {
  readonly type: 'map'
  readonly key: StringShape
  readonly value: Shape
  readonly min?: number
  readonly max?: number
}
/** A list. */
export interface ListShape {
  readonly type: 'list'
  readonly member: Shape
  readonly min?: number
  readonly max?: number
}
/** A structure; an operation's input is one. */
export interface StructureShape {
  readonly type: 'structure'
  readonly required?: readonly string[]
  readonly members: { readonly [name: string]: Shape }
}
/** The shape of a value, in the terms of AWS's service model. */
export type Shape =
  | StringShape
  | BlobShape
  | IntegerShape
  | BooleanShape
  | TimestampShape
  | MapShape
  | ListShape
  | StructureShape

/** The JavaScript value of a shape, decoded and validated. */
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
          : S extends { type: 'timestamp' }
            ? Date
            : S extends { type: 'map'; value: infer V }
              ? Readonly<Record<string, ValueOf<V>>>
              : S extends { type: 'list'; member: infer M }
                ? readonly ValueOf<M>[]
                : S extends { type: 'structure'; required: readonly (infer R)[]; members: infer T }
                  ? StructureOf<T, R>
                  : S extends { type: 'structure'; members: infer T }
                    ? StructureOf<T, never>
                    : never

type StructureOf<T, R> = { readonly [K in keyof T & R]: ValueOf<T[K]> } & {
  readonly [K in Exclude<keyof T, R>]?: ValueOf<T[K]>
}
