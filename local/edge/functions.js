// Runs CloudFront Functions for the local edge: one JSON line in per event, one out per answer.
// A function sees what CloudFront's runtime offers and no more of Node than that, so that code which
// works here has a chance to work there.
'use strict';
const vm = require('node:vm');
const crypto = require('node:crypto');
const querystring = require('node:querystring');
const { Buffer } = require('node:buffer');

// Far above CloudFront's own budget of about a millisecond; it stops an endless loop.
const TIMEOUT_MS = 1000;
const MODULES = {
  crypto: { createHash: crypto.createHash, createHmac: crypto.createHmac },
  querystring,
  buffer: { Buffer },
};
const compiled = new Map();

function requireModule(name) {
  if (!Object.hasOwn(MODULES, name)) throw new Error(`CloudFront Functions have no module '${name}'`);
  return MODULES[name];
}

// Runtime 2.0 writes `import crypto from 'crypto'`; a script can only `require`.
function withoutImports(code) {
  return code.replace(
    /^[ \t]*import\s+(?:\*\s*as\s+)?(\w+|\{[^}]*\})\s+from\s+['"]([^'"]+)['"];?/gm,
    (_, names, module) => `const ${names.replace(/\bas\b/g, ':')} = require('${module}');`,
  );
}

function compile(code) {
  if (!compiled.has(code)) {
    const log = (...words) => process.stderr.write(words.join(' ') + '\n');
    const context = vm.createContext({
      require: requireModule,
      console: { log, error: log, warn: log },
      Buffer,
      TextEncoder,
      TextDecoder,
      atob,
      btoa,
    });
    new vm.Script(withoutImports(code), { filename: 'function.js' }).runInContext(context, { timeout: TIMEOUT_MS });
    compiled.set(code, { context, call: new vm.Script('handler(JSON.parse(event))') });
  }
  return compiled.get(code);
}

async function answer({ id, code, event }) {
  try {
    const { context, call } = compile(code);
    context.event = JSON.stringify(event);
    return { id, value: await call.runInContext(context, { timeout: TIMEOUT_MS }) };
  } catch (error) {
    return { id, error: String(error.stack || error) };
  }
}

require('node:readline')
  .createInterface({ input: process.stdin })
  .on('line', async (line) => process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + '\n'))
  .on('close', () => process.exit(0));
