/**
 * Messages of the AWS Encryption SDK for Python 4.0.7 (material providers 1.11.3), each under another version of one branch key, made on
 * kms-mock; the plaintext of each is "python". The branch keys are of no use for anything else.
 */
export const branchKeyId = 'тест'

/** Branch keys by their versions, in hexadecimal. */
export const branchKeys: Readonly<Record<string, string>> = {
  'ef4a0b2d-d930-44db-9e79-b5131c680130': '6f89b993a91f03a52449a64536af8edb52253ba7ea9edd1ab1e045b5e7b46e56',
  '38d31b0b-5361-45a6-80f8-0f8fcd6a349f': '87c7332c1b11130bc00862fae09ad29c18a470fc525276e30e7eab18f3e0cbbf',
  '0f4888ad-f97e-4e6e-b44a-e2551e59050a': 'e9e93e68f342de2f79da39a64ad41792c7db8645c991b2067554d8e16d9bbd93',
}

export const context = { purpose: 'interchange', B: '1', a: '2', é: '3' }

/** In base64: signed, unsigned, and unsigned without the context. */
export const messages = [
  'AgV4+MxOx8ZcIFICdRhVAEkqdaNO+dv7yyE1TFZeLCD9OfkAiAAFAAFCAAExAAFhAAEyABVhd3MtY3J5cHRvLXB1YmxpYy1r' +
    'ZXkAREF6c0lHc0dDcUhzVm1mRG5rbldOaU44QWtRTXcwRnc5TEVaQnBSU1lxU1R6QXY3YkFiZzNvNzgxVWR0VjM3LzFaUT09' +
    'AAdwdXJwb3NlAAtpbnRlcmNoYW5nZQACw6kAATMAAQARYXdzLWttcy1oaWVyYXJjaHkACNGC0LXRgdGCAFwLovM2GwOtEK57' +
    'NdKjOQtygLO5HEHTXtIuuI5l70oLLdkwRNueebUTHGgBMNkruG9miIlzSnKslcZLpaLH1uJ7yKq+lSPJ82QNkuzUdCfg0zU7' +
    'nq5kc8a3zkFwWgIAABAAsmUg18DXKcymqU0IFrWv+CR5GPoFGczlnGQxI95h59tylBVycfF6CskS5wXs/RFp/////wAAAAEA' +
    'AAAAAAAAAAAAAAEAAAAGNRr9133HivN5uhPWoF5m0nbtTdViigBnMGUCMB3hy6aLexemn2SNBz4mih/QOVXr8G0On8ClR6uh' +
    'KA+WUb2vDNyJ5cWkKOMDailaUAIxAP/rdSlYXxJ3r+lwoqmtr6P/IfI7TfBktEmKTRJjyViKAukEpDUuoXP94os5jOSyqg==',
  'AgR4Z3AqZgNMjDWzdM+9wA6Ix+wxGZw1ChGVqUsbramhHvAAKwAEAAFCAAExAAFhAAEyAAdwdXJwb3NlAAtpbnRlcmNoYW5n' +
    'ZQACw6kAATMAAQARYXdzLWttcy1oaWVyYXJjaHkACNGC0LXRgdGCAFw9m8SRWYlMf3ZyPeOtsUYhsWyPnSiQY+usYjseONMb' +
    'C1NhRaaA+A+PzWo0n7t7/ldKurcVMhTGMamxcfGOjwepxJ8VanIwb/6Du5sAZeE4M9PZueXVhx45341BvAIAABAA43lX41L4' +
    'W5Bn5nN7vS2t7SRt5W8638ReSMgoq0t0fxUHYQClsy7gLFZ4RRz9x49m/////wAAAAEAAAAAAAAAAAAAAAEAAAAGNjoYFIyh' +
    '8Fj53IrgcZ+VC4dSrBIuaA==',
  'AgR4qUENwwsvp1oeQmYkTj4R907BPN+0N0xHi5Rla8Gr7bYAAAABABFhd3Mta21zLWhpZXJhcmNoeQAI0YLQtdGB0YIAXOkh' +
    'IUBW9232bIloVBZDikYiQ5vVqwdbRzldXpcPSIit+X5ObrRK4lUeWQUKV2PIe+kAi1XEaDI/PH1FAVRncFHlKuDsWuZiOfYt' +
    'dpGxTp3eL1XKMRUcizeA0yhNAgAAEADH05vZfEhYlgTRLVqMQXlbv6B8INqXeapbUA0lA1+UFkJnhLNGVsn469BRezxIJSv/' +
    '////AAAAAQAAAAAAAAAAAAAAAQAAAAbn2NJWpY2AZ4XJQ2G3LZRVB7kPaS9x',
] as const
