// Opens Claim 169 texts with MOSIP's PixelPass, which does not check signatures, and then does that with Node's own
// Ed25519. In: JSON list of { text, key } on standard input. Out: JSON list of what was read.
const { createPublicKey, verify } = require('node:crypto');
const cbor = require('cbor-web');
const { decode, decodeMappedData } = require('@mosip/pixelpass');

const SPKI_OF_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

function read({ text, key }) {
  const { tag, value } = JSON.parse(decode(text));
  const [head, unprotected, payload, signature] = value.map((part) => (part.type === 'Buffer' ? Buffer.from(part.data) : part));
  const claims = decodeMappedData(payload, { 1: 'issuer', 6: 'issued_at', 169: 'identity' });
  const header = cbor.decode(head);
  const signed = cbor.encode(['Signature1', head, Buffer.alloc(0), payload]);
  const spki = createPublicKey({ key: Buffer.concat([SPKI_OF_ED25519, Buffer.from(key, 'hex')]), format: 'der', type: 'spki' });
  return {
    tag,
    unprotected: Object.keys(unprotected).length,
    algorithm: header.get(1),
    key_id: Buffer.from(header.get(4)).toString('hex'),
    issuer: claims.issuer,
    issued_at: claims.issued_at,
    identity: Object.fromEntries(claims.identity instanceof Map ? claims.identity : Object.entries(claims.identity)),
    verified: verify(null, signed, spki, signature),
  };
}

let input = '';
process.stdin.on('data', (part) => (input += part));
process.stdin.on('end', () => console.log(JSON.stringify(JSON.parse(input).map(read))));
