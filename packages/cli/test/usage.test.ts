import { expect } from 'chai'
import { describe, it } from 'mocha'
import { exitCodes } from '#src/exit-codes.js'
import { sealring } from './sealring.js'
import { tempFolder } from './temp-folder.js'

const commands = [
  'init',
  'put',
  'get',
  'list',
  'history',
  'verify',
  'repair',
  'destroy',
  'appoint',
  'inspect',
  'explain',
]
const secret = 'hunter2-canary'

describe('usage', () => {
  const folder = tempFolder()

  it('prints help with every command and every exit code', async () => {
    const { exit, stdout, stderr } = await sealring(['--help'], { cwd: folder() })
    const text = stdout.toString()
    expect(exit).to.equal(0)
    expect(stderr).to.equal('')
    for (const command of commands) expect(text).to.match(new RegExp(`^  ${command} `, 'm'))
    for (const { exit: code, means } of Object.values(exitCodes)) expect(text).to.include(`${code}  ${means}`)
    expect(text).to.include('sealring init --local')
    expect(Math.max(...text.split('\n').map((line) => line.length))).to.be.at.most(90)
  })

  for (const command of commands)
    it(`prints help for ${command} with examples`, async () => {
      const { exit, stdout } = await sealring([command, '--help'], { cwd: folder() })
      expect(exit).to.equal(0)
      expect(stdout.toString()).to.match(/^Examples:\n {2}\S/m)
      expect(stdout.toString()).to.include(`sealring ${command}`)
      expect(stdout.toString()).to.include('--json')
    })

  it('prints its version', async () => {
    const { exit, stdout } = await sealring(['--version'], { cwd: folder() })
    expect(exit).to.equal(0)
    expect(stdout.toString()).to.match(/^\d+\.\d+\.\d+\n$/)
  })

  it('prints help on stderr when there is no command', async () => {
    const { exit, stdout, stderr, code } = await sealring([], { cwd: folder() })
    expect(exit).to.equal(2)
    expect(code).to.equal('USAGE')
    expect(stdout.toString()).to.equal('')
    expect(stderr).to.include('Commands:')
  })

  const mistakes: readonly (readonly string[])[] = [
    ['put'],
    [secret],
    ['put', 'a', 'b', secret],
    ['put', 'a', `--${secret}`],
    ['put', 'a', `-${secret}`],
    ['put', 'a', '--context'],
    ['put', 'a', '--context', secret],
    ['put', 'a', '--context', `=${secret}`],
    ['put', 'a', '--context', 'k=1', '--context', `k=${secret}`],
    ['appoint'],
    ['appoint', 'a', secret],
    ['destroy', 'a'],
    ['destroy', 'a', '--all', '--revision', '1'],
    ['destroy', 'a', '--revision', secret],
    ['put', 'a', '--copies', secret],
    ['put', 'a', '--copies', '0'],
    ['put', 'a', '--if-revision', secret],
    ['put', 'a', '--if-revision', `3:${secret}`],
    ['get'],
    ['get', 'a', secret],
    ['get', 'a', '--revision', secret],
    ['get', 'a', '--revision', '0'],
    ['get', 'a', '--freshness', secret],
    ['inspect', secret, '--name', 'a'],
    ['inspect', '--revision', '1'],
    ['explain', secret, '--name', 'a'],
    ['init'],
    ['init', '--store', 'a'],
    ['init', '--store', 'a', '--kms-key', 'k', '--location', secret],
    ['init', '--store', 'a', '--kms-key', 'k', '--location', `toString:${secret}`],
    ['init', '--store', 'a', '--kms-key', 'k', '--location', 'dynamodb:x'],
    ['init', '--store', 'NOT VALID', '--kms-key', 'k', '--location', 'file:x'],
    ['init', '--store', 'a', '--kms-key', 'k', '--location', 'file:x', '--arbiter', 'nobody'],
    ['init', '--store', 'a', '--kms-key', 'k', '--aes-key-env', 'K', '--location', 'file:x'],
    ['init', '--local', '--kms-key', 'k'],
  ]
  for (const args of mistakes)
    it(`refuses \`${args.join(' ')}\` without repeating what was typed`, async () => {
      const plain = await sealring(args, { cwd: folder() })
      expect(plain.exit).to.equal(2)
      expect(plain.code).to.equal('USAGE')
      expect(plain.hint).to.be.a('string')
      expect(plain.stdout.toString()).to.equal('')
      const json = await sealring([...args.slice(0, 1), '--json', ...args.slice(1)], { cwd: folder() })
      expect(json.exit).to.equal(2)
      expect(json.json.error).to.include.keys('code', 'message', 'hint')
      for (const text of [plain.stderr, json.stderr, json.stdout.toString()])
        expect(text).not.to.include(secret)
    })

  it('suggests the command and the option that were meant', async () => {
    expect((await sealring(['putt', 'a'], { cwd: folder() })).hint).to.include('put')
    expect((await sealring(['list', '--jsom'], { cwd: folder() })).hint).to.include('--json')
  })
})
