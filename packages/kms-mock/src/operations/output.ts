/** What an operation answers: blobs as bytes, timestamps as dates. */
export type OperationOutput = Readonly<Record<string, unknown>>
