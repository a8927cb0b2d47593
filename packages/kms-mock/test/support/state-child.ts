import { writeSync } from 'node:fs'
import { createKms } from '@sealring/kms-mock'
import { newKey } from './new-key.js'

/*
 * A process that creates keys in a state file: `node state-child.js FILE COUNT`. Each id is written to
 * standard output when, and only when, its creation was acknowledged.
 */
const [stateFile, count] = process.argv.slice(2)
const kms = createKms({ stateFile: stateFile! })
for (let n = 0; n < Number(count); n += 1) writeSync(1, `${await newKey(kms)}\n`)
