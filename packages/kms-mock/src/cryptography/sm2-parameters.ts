import { fromBigInt } from './big-integers.js'

/** The curve of GB/T 32918.5, section 2. */
export const sm2Parameters = {
  p: 0xfffffffe_ffffffff_ffffffff_ffffffff_ffffffff_00000000_ffffffff_ffffffffn,
  a: 0xfffffffe_ffffffff_ffffffff_ffffffff_ffffffff_00000000_ffffffff_fffffffcn,
  b: 0x28e9fa9e_9d9f5e34_4d5a9e4b_cf6509a7_f39789f5_15ab8f92_ddbcbd41_4d940e93n,
  Gx: 0x32c4ae2c_1f198119_5f990446_6a39c994_8fe30bbf_f2660be1_715a4589_334c74c7n,
  Gy: 0xbc3736a2_f4f6779c_59bdcee3_6b692153_d0a9877c_c62a4740_02df32e5_2139f0a0n,
  n: 0xfffffffe_ffffffff_ffffffff_ffffffff_7203df6b_21c6052b_53bbf409_39d54123n,
  h: 1n,
}

/** a, b and the generator, as they are hashed into ZA (GB/T 32918.2, section 5.5). */
export const hashedParameters = (): Buffer => {
  const { a, b, Gx, Gy } = sm2Parameters
  return Buffer.concat([a, b, Gx, Gy].map((number) => fromBigInt(number, 32)))
}
