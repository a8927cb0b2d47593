// Makes dist/command.cjs, the command in one file, of what tsc made: `npm run build` runs it after `tsc -b`.
// docs/decisions/0007-one-file-for-the-command.md says why.
import { renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const folder = fileURLToPath(new URL('..', import.meta.url))
const outfile = `${folder}dist/command.cjs`

const { metafile, outputFiles, warnings } = buildSync({
  // Names of files in the bundle are relative to it, so that every clone gives the same bytes.
  absWorkingDir: folder,
  entryPoints: ['dist/cli.js'],
  outfile,
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  // They stay what they are: loaded by import() on use, with their own licences.
  packages: 'external',
})
if (warnings.length > 0) throw new Error('esbuild warns: see above')
const foreign = Object.keys(metafile.inputs).filter((input) => !input.startsWith('dist/'))
if (foreign.length > 0) throw new Error(`not ours, and in the bundle: ${foreign.join(', ')}`)

// In one step, so that a command that starts meanwhile sees the old one or the new one.
const made = `${outfile}.${process.pid}`
writeFileSync(made, outputFiles[0].contents)
renameSync(made, outfile)
