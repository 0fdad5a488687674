// Checks and makes what `kit.sealed` makes and checks: <key id>.<payload>.<mac>, HMAC-SHA256, base64url.
// It comes before the function that uses it. The keys are the secret's, one a line, newest first; two are good.
import crypto from 'crypto';

const KEYS = `%KEYS%`.trim().split(/\s+/).slice(0, 2);

function keyId(key) {
  return crypto.createHash('sha256').update(key).digest('hex').slice(0, 8);
}

function mac(key, kind, head) {
  return crypto.createHmac('sha256', key).update(kind + '.' + head).digest('base64url');
}

function seal(kind, claims) {
  const head = keyId(KEYS[0]) + '.' + Buffer.from(JSON.stringify(claims)).toString('base64url');
  return head + '.' + mac(KEYS[0], kind, head);
}

// Compares in a time that does not tell how much was right.
function same(a, b) {
  let different = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) different |= a.charCodeAt(i) ^ b.charCodeAt(i % (b.length || 1));
  return different === 0;
}

// The claims, or null: altered, of another kind, by a key of long ago, or past their time.
function unseal(kind, text, nowMs) {
  const parts = text.split('.');
  if (parts.length !== 3) return null;
  const key = KEYS.find((candidate) => keyId(candidate) === parts[0]);
  if (!key || !same(mac(key, kind, parts[0] + '.' + parts[1]), parts[2])) return null;
  const claims = JSON.parse(Buffer.from(parts[1], 'base64url').toString());
  return claims.exp !== undefined && claims.exp * 1000 <= nowMs ? null : claims;
}

function problem(status, word, title) {
  const type = 'https://boxoffice.example/problems/' + word;
  return {
    statusCode: status,
    statusDescription: status === 401 ? 'Unauthorized' : 'Forbidden',
    headers: {
      'content-type': { value: 'application/problem+json' },
      'cache-control': { value: 'no-store' },
    },
    body: JSON.stringify({ type: type, title: title, status: status }),
  };
}
