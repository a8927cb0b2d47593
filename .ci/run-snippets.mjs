// Executes the snippets of the README, the packages' READMEs and the guides: ```js as a module, ```sh by bash, ```python
// by the Python of the test servers, those of one page in order and in one folder, with KMS, DynamoDB and S3 on loopback
// where the AWS SDKs look for endpoints, and OpenBao or Vault where one is installed. A first line `// name.mjs` names the
// module for the later ones to import. A fence is left out only after a comment <!-- not executed: why -->, or, after
// <!-- needs: command -->, where there is no such command.
import { execFile, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { root } from './public-packages.mjs'
import { snippetServers } from './snippet-servers.mjs'

// It has boto3.
const python = join(root, '.test-servers/moto/bin/python')
const runners = {
  js: { file: (n) => `snippet-${n}.mjs`, command: (file) => [process.execPath, file] },
  sh: { file: (n) => `snippet-${n}.sh`, command: (file) => ['bash', '-euo', 'pipefail', file] },
  python: { file: (n) => `snippet-${n}.py`, command: (file) => [python, file], needs: python },
}

const markdown = (folder) =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(folder, entry.name))

const pages = [
  ...markdown('.'),
  ...markdown('docs'),
  ...readdirSync(join(root, 'packages')).flatMap((name) => markdown(`packages/${name}`)),
]

const fence =
  /(?:<!-- (?:not executed: (?<why>[^>]+?)|needs: (?<needs>[\w-]+)) -->\n+)?```(?<language>js|sh|python)\n(?<text>[\s\S]*?)\n```/g

const ownName = /^\/\/ ([a-z-]+\.mjs)\n/

const servers = await snippetServers()
const env = {
  ...process.env,
  ...servers.env,
  PATH: [...servers.path, join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
}

const isHere = (command) =>
  existsSync(command) ||
  spawnSync('sh', ['-c', `${command} --version`], { stdio: 'ignore', env }).status === 0
/** Why a snippet can't run here; undefined if it can. */
const missing = (needs) => (!needs || isHere(needs) ? undefined : `no ${needs.replace(root, '')} here`)

let ran = 0
let faults = 0
try {
  for (const page of pages) {
    const folder = mkdtempSync(join(tmpdir(), 'sealring-snippets-'))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }')
    const text = readFileSync(join(root, page), 'utf8')
    let number = 0
    for (const match of text.matchAll(fence)) {
      const { language, text: snippet, needs } = match.groups
      const where = `${page}:${text.slice(0, match.index).split('\n').length}`
      const why = match.groups.why ?? missing(needs ?? runners[language].needs)
      if (why) {
        console.log(`left  ${where}: ${why}`)
        continue
      }
      const { file, command } = runners[language]
      const path = join(folder, ownName.exec(snippet)?.[1] ?? file(++number))
      writeFileSync(path, `${snippet}\n`)
      const [program, ...args] = command(path)
      ran++
      try {
        // Not spawnSync: the KMS answers from this very process.
        await promisify(execFile)(program, args, { cwd: folder, timeout: 60_000, env })
        console.log(`ok    ${where}`)
      } catch (error) {
        faults++
        console.log(`fault ${where}: ${error.message}\n${snippet}\n${error.stdout}${error.stderr}`)
      }
    }
    rmSync(folder, { recursive: true, force: true })
  }
} finally {
  await servers.stop()
}
console.log(`snippets: ${ran} executed, ${faults} faults`)
process.exitCode = faults || ran === 0 ? 1 : 0
