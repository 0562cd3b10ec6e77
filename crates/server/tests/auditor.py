#!/usr/bin/env python3
"""An auditor of a published log, written from the C2SP specifications tlog-tiles, tlog-checkpoint
and signed-note and from the standards of the algorithms, with Python's standard library alone. It
shares nothing with the programme that writes the log.

    auditor.py FOLDER VKEY

prints the size and root of the log when every bundle, every tile, the root and the signature hold,
and otherwise names the first thing that does not and ends with 1.
"""

import base64
import hashlib
import os
import sys


# --- SM3, GB/T 32905-2016 ---------------------------------------------------------------------

def _turn(word, by):
    by %= 32
    return ((word << by) | (word >> (32 - by))) & 0xFFFFFFFF


def sm3(message):
    words = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600,
             0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    padded = message + b"\x80" + bytes((55 - len(message)) % 64) + (8 * len(message)).to_bytes(8, "big")
    for start in range(0, len(padded), 64):
        w = [int.from_bytes(padded[start + 4 * j:start + 4 * j + 4], "big") for j in range(16)]
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ _turn(w[j - 3], 15)
            w.append(x ^ _turn(x, 15) ^ _turn(x, 23) ^ _turn(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = words
        for j in range(64):
            t = 0x79CC4519 if j < 16 else 0x7A879D8A
            ss1 = _turn((_turn(a, 12) + e + _turn(t, j)) & 0xFFFFFFFF, 7)
            ss2 = ss1 ^ _turn(a, 12)
            ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
            gg = e ^ f ^ g if j < 16 else (e & f) | (~e & 0xFFFFFFFF & g)
            tt1 = (ff + d + ss2 + (w[j] ^ w[j + 4])) & 0xFFFFFFFF
            tt2 = (gg + h + ss1 + w[j]) & 0xFFFFFFFF
            a, b, c, d = tt1, a, _turn(b, 9), c
            e, f, g, h = tt2 ^ _turn(tt2, 9) ^ _turn(tt2, 17), e, _turn(f, 19), g
        words = [x ^ y for x, y in zip(words, (a, b, c, d, e, f, g, h))]
    return b"".join(word.to_bytes(4, "big") for word in words)


def sha256(message):
    return hashlib.sha256(message).digest()


# --- SM2, GB/T 32918.2-2016 over the curve of GB/T 32918.5-2017 --------------------------------

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
     0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)


def sm2_add(one, two):
    if one is None or two is None:
        return one or two
    (x1, y1), (x2, y2) = one, two
    if x1 == x2:
        if (y1 + y2) % P == 0:
            return None
        slope = (3 * x1 * x1 + A) * pow(2 * y1, -1, P) % P
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, P) % P
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


def sm2_times(count, point):
    total = None
    for bit in bin(count)[2:]:
        total = sm2_add(total, total)
        if bit == "1":
            total = sm2_add(total, point)
    return total


def sm2_digest(point, message):
    numbers = b"".join(n.to_bytes(32, "big") for n in (A, B, *G, *point))
    z = sm3(b"\x00\x80" + b"1234567812345678" + numbers)
    return int.from_bytes(sm3(z + message), "big")


def sm2_verify(public, message, signature):
    point = int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    on_curve = (point[1] ** 2 - point[0] ** 3 - A * point[0] - B) % P == 0
    t = (r + s) % N
    if len(signature) != 64 or not on_curve or not 0 < r < N or not 0 < s < N or t == 0:
        return False
    found = sm2_add(sm2_times(s, G), sm2_times(t, point))
    return found is not None and (sm2_digest(point, message) + found[0]) % N == r


# --- Ed25519, RFC 8032 -------------------------------------------------------------------------

Q = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, Q) % Q


def ed_point(text):
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= Q:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, Q) % Q
    x = pow(square, (Q + 3) // 8, Q)
    if (x * x - square) % Q:
        x = x * pow(2, (Q - 1) // 4, Q) % Q
    if (x * x - square) % Q or (x == 0 and sign):
        return None
    return (Q - x if x & 1 != sign else x), y


def ed_add(one, two):
    (x1, y1), (x2, y2) = one, two
    mixed = D * x1 * x2 * y1 * y2 % Q
    x = (x1 * y2 + x2 * y1) * pow(1 + mixed, -1, Q) % Q
    return x, (y1 * y2 + x1 * x2) * pow(1 - mixed, -1, Q) % Q


def ed_times(count, point):
    total = (0, 1)
    for bit in bin(count)[2:]:
        total = ed_add(total, total)
        if bit == "1":
            total = ed_add(total, point)
    return total


ED_BASE = ed_point((4 * pow(5, -1, Q) % Q).to_bytes(32, "little"))


def ed25519_verify(public, message, signature):
    key, r = ed_point(public), ed_point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or key is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return ed_times(s, ED_BASE) == ed_add(r, ed_times(h, key))


# --- signed-note and tlog-checkpoint -----------------------------------------------------------

class Wrong(Exception):
    pass


def need(holds, what):
    if not holds:
        raise Wrong(what)


def read_key(text):
    name, number, encoded = text.split("+", 2)
    typed = base64.b64decode(encoded, validate=True)
    expected = sha256(name.encode() + b"\n" + typed)[:4]
    need(expected.hex() == number, "the key's number does not fit its name and bytes")
    if typed[0] == 1:
        return name, expected, sha256, lambda m, s: ed25519_verify(typed[1:], m, s)
    for label, tree in ((b"SHA-256", sha256), (b"SM3", sm3)):
        head = b"\xff\x00tanheng/v1/SM2-SM3/" + label + b"\x00\x04"
        if typed.startswith(head):
            public = typed[len(head):]
            return name, expected, tree, lambda m, s: sm2_verify(public, m, s)
    raise Wrong("the key is of an unknown type")


def read_checkpoint(note, key):
    name, number, tree, verify = key
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    found = False
    for line in signatures.splitlines():
        need(line.startswith("\u2014 "), "a signature line has another form")
        who, encoded = line[2:].split(" ")
        raw = base64.b64decode(encoded, validate=True)
        if who == name and raw[:4] == number:
            need(verify(text.encode(), raw[4:]), "the signature is wrong")
            found = True
    need(found, "no signature is of the key")
    origin, size, root = text.splitlines()[:3]
    need(origin == name, "the checkpoint is of another log")
    need(size == str(int(size)), "the size has another spelling")
    return int(size), base64.b64decode(root, validate=True)


# --- tlog-tiles --------------------------------------------------------------------------------

def place(index):
    parts = ["%03d" % (index % 1000)]
    while index >= 1000:
        index //= 1000
        parts.insert(0, "x%03d" % (index % 1000))
    return "/".join(parts)


class Folder:
    def __init__(self, folder):
        self.folder = folder

    def read(self, path):
        try:
            with open(os.path.join(self.folder, *path.split("/")), "rb") as file:
                return file.read()
        except OSError as error:
            raise Wrong("%s cannot be read: %s" % (path, error.strerror))

    def tile(self, level, index, width):
        path = "tile/%s/%s" % (level, place(index))
        return self.read(path if width == 256 else "%s.p/%d" % (path, width)), path


def leaves(folder, size, tree):
    hashes = []
    for index in range((size + 255) // 256):
        width = min(256, size - 256 * index)
        bundle, path = folder.tile("entries", index, width)
        at = 0
        for _ in range(width):
            need(at + 2 <= len(bundle), path + " is cut")
            length = int.from_bytes(bundle[at:at + 2], "big")
            need(at + 2 + length <= len(bundle), path + " is cut")
            hashes.append(tree(b"\x00" + bundle[at + 2:at + 2 + length]))
            at += 2 + length
        need(at == len(bundle), path + " is too long")
    return hashes


def mth(hashes, tree):
    """RFC 6962, 2.1, over leaf hashes."""
    if not hashes:
        return tree(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return tree(b"\x01" + mth(hashes[:k], tree) + mth(hashes[k:], tree))


def audit(folder, vkey):
    folder, key = Folder(folder), read_key(vkey)
    tree = key[2]
    size, root = read_checkpoint(folder.read("checkpoint").decode(), key)
    row = whole = leaves(folder, size, tree)
    level = 0
    while row:
        for index in range((len(row) + 255) // 256):
            part = row[256 * index:256 * index + 256]
            stored, path = folder.tile(level, index, len(part))
            need(stored == b"".join(part), path + " does not hold the hashes of the entries")
        row = [mth(row[at:at + 256], tree) for at in range(0, len(row) - 255, 256)]
        level += 1
    need(mth(whole, tree) == root, "the entries do not give the root of the checkpoint")
    return size, root


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        size, root = audit(sys.argv[1], sys.argv[2])
    except (Wrong, ValueError) as error:
        sys.exit("wrong: %s" % error)
    print("ok %d %s" % (size, root.hex()))


if __name__ == "__main__":
    main()
