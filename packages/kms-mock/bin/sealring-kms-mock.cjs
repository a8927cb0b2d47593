#!/usr/bin/env node
// Checked in, so that npm can link the command before anything is built. CommonJS, as what it loads: see
// docs/decisions/0007-one-file-for-the-command.md.
require('../dist/command.cjs')
