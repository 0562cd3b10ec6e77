//! SM3 and SM2 written from the standards (GB/T 32905-2016, GB/T 32918.1/2-2016) with nothing but
//! integers, as a peer of the crates in use; and the examples of the standards.

use std::cmp::Ordering;

use tanheng_evidence::{HashAlgorithm, Signer, VerifierKey};

use crate::sample::{SHA, SM3, hex, sm2_signer, unhex};

type Hash = [u8; 32];

/// SM3 (GB/T 32905-2016, 5).
pub fn sm3(message: &[u8]) -> Hash {
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend((u64::try_from(message.len()).unwrap() * 8).to_be_bytes());
    let mut state: [u32; 8] = [
        0x7380_166f,
        0x4914_b2b9,
        0x1724_42d7,
        0xda8a_0600,
        0xa96f_30bc,
        0x1631_38aa,
        0xe38d_ee4d,
        0xb0fb_0e4e,
    ];
    for block in padded.chunks(64) {
        state = compress(state, block);
    }
    let bytes: Vec<u8> = state.iter().flat_map(|word| word.to_be_bytes()).collect();
    bytes.try_into().unwrap()
}

fn compress(before: [u32; 8], block: &[u8]) -> [u32; 8] {
    let mut w: Vec<u32> =
        block.chunks(4).map(|four| u32::from_be_bytes(four.try_into().unwrap())).collect();
    let p1 = |x: u32| x ^ x.rotate_left(15) ^ x.rotate_left(23);
    for j in 16..68 {
        let mixed = p1(w[j - 16] ^ w[j - 9] ^ w[j - 3].rotate_left(15));
        w.push(mixed ^ w[j - 13].rotate_left(7) ^ w[j - 6]);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = before;
    for j in 0..64 {
        let early = j < 16;
        let t: u32 = if early { 0x79cc_4519 } else { 0x7a87_9d8a };
        let turned = t.rotate_left(u32::try_from(j % 32).unwrap());
        let ss1 = a.rotate_left(12).wrapping_add(e).wrapping_add(turned).rotate_left(7);
        let ss2 = ss1 ^ a.rotate_left(12);
        let ff = if early { a ^ b ^ c } else { (a & b) | (a & c) | (b & c) };
        let gg = if early { e ^ f ^ g } else { (e & f) | (!e & g) };
        let tt1 = ff.wrapping_add(d).wrapping_add(ss2).wrapping_add(w[j] ^ w[j + 4]);
        let tt2 = gg.wrapping_add(h).wrapping_add(ss1).wrapping_add(w[j]);
        (d, c, b, a) = (c, b.rotate_left(9), a, tt1);
        (h, g, f, e) = (g, f.rotate_left(19), e, tt2 ^ tt2.rotate_left(9) ^ tt2.rotate_left(17));
    }
    let after = [a, b, c, d, e, f, g, h];
    std::array::from_fn(|place| after[place] ^ before[place])
}

/// A number below 2^512 in words of 32 bits, the lowest first.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Number(Vec<u32>);

impl Number {
    fn read(text: &str) -> Number {
        Number::from_bytes(&unhex(text))
    }

    fn from_bytes(bytes: &[u8]) -> Number {
        let words = bytes.rchunks(4).map(|four| four.iter().fold(0, |n, b| n << 8 | u32::from(*b)));
        Number(words.collect()).trimmed()
    }

    fn trimmed(mut self) -> Number {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }

    fn word(&self, place: usize) -> u64 {
        u64::from(self.0.get(place).copied().unwrap_or(0))
    }

    fn bit(&self, place: usize) -> bool {
        self.word(place / 32) >> (place % 32) & 1 == 1
    }

    fn compare(&self, other: &Number) -> Ordering {
        let longest = self.0.len().max(other.0.len());
        (0..longest)
            .rev()
            .map(|n| self.word(n).cmp(&other.word(n)))
            .find(|o| o.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    fn add(&self, other: &Number) -> Number {
        let (mut words, mut carry) = (Vec::new(), 0);
        for place in 0..=self.0.len().max(other.0.len()) {
            let sum = self.word(place) + other.word(place) + carry;
            words.push(u32::try_from(sum & 0xffff_ffff).unwrap());
            carry = sum >> 32;
        }
        Number(words).trimmed()
    }

    /// The other number must not be greater.
    fn minus(&self, other: &Number) -> Number {
        let (mut words, mut borrow) = (Vec::new(), 0);
        for place in 0..self.0.len() {
            let taken = other.word(place) + borrow;
            let own = self.word(place);
            borrow = u64::from(own < taken);
            words.push(u32::try_from((own + (borrow << 32)) - taken).unwrap());
        }
        Number(words).trimmed()
    }

    fn times(&self, other: &Number) -> Number {
        let mut words = vec![0_u32; self.0.len() + other.0.len()];
        for (i, own) in self.0.iter().enumerate() {
            let mut carry = 0;
            for j in 0..other.0.len() {
                let sum = u64::from(*own) * other.word(j) + u64::from(words[i + j]) + carry;
                words[i + j] = u32::try_from(sum & 0xffff_ffff).unwrap();
                carry = sum >> 32;
            }
            words[i + other.0.len()] = u32::try_from(carry).unwrap();
        }
        Number(words).trimmed()
    }

    /// The rest by division; the modulus lies just below 2^256, so that the first word of the rest
    /// above it is the next digit of the quotient, or one too few.
    fn modulo(&self, modulus: &Number) -> Number {
        let mut rest = Number(Vec::new());
        for word in self.0.iter().rev() {
            rest.0.insert(0, *word);
            let digit = u32::try_from(rest.word(8)).unwrap();
            rest = rest.minus(&modulus.times(&Number(vec![digit])));
            while rest.compare(modulus).is_ge() {
                rest = rest.minus(modulus);
            }
        }
        rest.trimmed()
    }

    /// The inverse by Fermat; the modulus is prime.
    fn inverse(&self, modulus: &Number) -> Number {
        let exponent = modulus.minus(&Number(vec![2]));
        let mut power = Number(vec![1]);
        for place in (0..256).rev() {
            power = power.times(&power).modulo(modulus);
            if exponent.bit(place) {
                power = power.times(self).modulo(modulus);
            }
        }
        power
    }

    fn hex(&self) -> String {
        let digits: String = self.0.iter().rev().map(|word| format!("{word:08x}")).collect();
        format!("{digits:0>64}")
    }
}

/// The recommended curve (GB/T 32918.5-2017).
const P: &str = "fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff";
const A: &str = "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc";
const B: &str = "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93";
const N: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
const GX: &str = "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7";
const GY: &str = "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0";

/// In Jacobian coordinates: x / z², y / z³; nothing is the point at infinity.
type Point = Option<[Number; 3]>;

fn point(x: Number, y: Number) -> Point {
    Some([x, y, Number(vec![1])])
}

/// Arithmetic modulo the prime of the curve.
struct Field(Number);

impl Field {
    fn times(&self, one: &Number, two: &Number) -> Number {
        one.times(two).modulo(&self.0)
    }

    fn scaled(&self, count: u32, one: &Number) -> Number {
        self.times(&Number(vec![count]), one)
    }

    fn less(&self, one: &Number, two: &Number) -> Number {
        one.add(&self.0).minus(two).modulo(&self.0)
    }

    fn double(&self, one: &Point) -> Point {
        let [x, y, z] = one.as_ref()?;
        let (yy, zz) = (self.times(y, y), self.times(z, z));
        let s = self.scaled(4, &self.times(x, &yy));
        let slope = self.scaled(3, &self.times(x, x));
        let slope = slope.add(&self.times(&Number::read(A), &self.times(&zz, &zz)));
        let slope = slope.modulo(&self.0);
        let x3 = self.less(&self.times(&slope, &slope), &self.scaled(2, &s));
        let y3 = self.times(&slope, &self.less(&s, &x3));
        let y3 = self.less(&y3, &self.scaled(8, &self.times(&yy, &yy)));
        Some([x3, y3, self.scaled(2, &self.times(y, z))])
    }

    fn add(&self, one: &Point, two: &Point) -> Point {
        let (Some([x1, y1, z1]), Some([x2, y2, z2])) = (one, two) else {
            return one.clone().or(two.clone());
        };
        let (zz1, zz2) = (self.times(z1, z1), self.times(z2, z2));
        let (u1, u2) = (self.times(x1, &zz2), self.times(x2, &zz1));
        let s1 = self.times(y1, &self.times(z2, &zz2));
        let s2 = self.times(y2, &self.times(z1, &zz1));
        let (h, r) = (self.less(&u2, &u1), self.less(&s2, &s1));
        if h.0.is_empty() {
            return if r.0.is_empty() { self.double(one) } else { None };
        }
        let hh = self.times(&h, &h);
        let (hhh, v) = (self.times(&h, &hh), self.times(&u1, &hh));
        let x3 = self.less(&self.less(&self.times(&r, &r), &hhh), &self.scaled(2, &v));
        let y3 = self.less(&self.times(&r, &self.less(&v, &x3)), &self.times(&s1, &hhh));
        Some([x3, y3, self.times(&h, &self.times(z1, z2))])
    }

    fn multiple(&self, count: &Number, point: &Point) -> Point {
        let mut sum = None;
        for place in (0..256).rev() {
            sum = self.double(&sum);
            if count.bit(place) {
                sum = self.add(&sum, point);
            }
        }
        sum
    }

    fn affine(&self, point: &Point) -> Option<(Number, Number)> {
        let [x, y, z] = point.as_ref()?;
        let inverse = z.inverse(&self.0);
        let square = self.times(&inverse, &inverse);
        Some((self.times(x, &square), self.times(y, &self.times(&square, &inverse))))
    }
}

/// Whether a signature r ‖ s verifies (GB/T 32918.2-2016, 7.1) for the public key x ‖ y and the
/// default user id.
pub fn sm2_verifies(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let (x, y) = key.split_at(32);
    let curve = [A, B, GX, GY].map(unhex).concat();
    let user = b"1234567812345678";
    let z = sm3(&[&[0, 128], &user[..], &curve, x, y].concat());
    let e = Number::from_bytes(&sm3(&[&z, message].concat()));
    let n = Number::read(N);
    let (r, s) = signature.split_at(32);
    let (r, s) = (Number::from_bytes(r), Number::from_bytes(s));
    let fits = |number: &Number| !number.0.is_empty() && number.compare(&n).is_lt();
    let t = r.add(&s).modulo(&n);
    if !fits(&r) || !fits(&s) || t.0.is_empty() {
        return false;
    }
    let field = Field(Number::read(P));
    let generator = point(Number::read(GX), Number::read(GY));
    let key = point(Number::from_bytes(x), Number::from_bytes(y));
    let sum = field.add(&field.multiple(&s, &generator), &field.multiple(&t, &key));
    field.affine(&sum).is_some_and(|(x1, _)| e.add(&x1).modulo(&n) == r)
}

#[test]
fn the_examples_of_the_hash_standard_hold() {
    let long = "abcd".repeat(16);
    let examples = [
        ("abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (long.as_str(), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ];
    for (message, expected) in examples {
        assert_eq!(hex(&HashAlgorithm::Sm3.digest(&[message.as_bytes()])), expected);
        assert_eq!(hex(&sm3(message.as_bytes())), expected);
    }
    for length in 0..200 {
        let message: Vec<u8> = (0..length).collect();
        let (head, tail) = message.split_at(message.len() / 3);
        assert_eq!(SM3.digest(&[head, tail]), sm3(&message), "{length}");
    }
}

/// The example of GB/T 32918.5-2017, annex A.2: private key, public key and signature over
/// "message digest".
#[test]
fn the_example_of_the_signature_standard_holds() {
    let private = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
    let public = concat!(
        "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020",
        "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13",
    );
    let signature = concat!(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3",
        "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
    );
    let message = b"message digest";
    let field = Field(Number::read(P));
    let generator = point(Number::read(GX), Number::read(GY));
    let (x, y) = field.affine(&field.multiple(&Number::read(private), &generator)).unwrap();
    assert_eq!(x.hex() + &y.hex(), public);
    assert!(sm2_verifies(&unhex(public), message, &unhex(signature)));
    let seed = unhex(private).try_into().unwrap();
    let signer = tanheng_evidence::Sm2Signer::from_seed("standard", SM3, &seed).unwrap();
    assert!(signer.verifier_key().verifies(message, &unhex(signature)));
    assert!(!signer.verifier_key().verifies(b"message digesT", &unhex(signature)));
    assert_eq!(hex(&public_point(signer.verifier_key())), public);
}

/// x ‖ y out of the text of a key.
pub fn public_point(key: &VerifierKey) -> Vec<u8> {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    let text = key.to_string();
    let typed = text.splitn(3, '+').nth(2).unwrap();
    let typed = BASE64_STANDARD.decode(typed).unwrap();
    let log = key.log_hash().name();
    let head = [&[0xff, 0], format!("tanheng/v1/SM2-SM3/{log}").as_bytes(), &[0, 4]].concat();
    typed.strip_prefix(head.as_slice()).unwrap().to_vec()
}

#[test]
fn signatures_of_the_crate_hold_for_the_peer_and_no_others() {
    for (seed, log) in [(1, SHA), (2, SM3), (200, SM3)] {
        let signer = sm2_signer("tanheng.example/hebei", log, seed);
        let point = public_point(signer.verifier_key());
        let message = format!("message {seed}");
        let signature = signer.sign(message.as_bytes()).unwrap();
        assert_eq!(
            signature,
            signer.sign(message.as_bytes()).unwrap(),
            "it follows from the message"
        );
        assert!(sm2_verifies(&point, message.as_bytes(), &signature));
        assert!(signer.verifier_key().verifies(message.as_bytes(), &signature));
        for place in [0, 31, 32, 63] {
            let mut other = signature.clone();
            other[place] ^= 1;
            assert!(!sm2_verifies(&point, message.as_bytes(), &other));
            assert!(!signer.verifier_key().verifies(message.as_bytes(), &other));
        }
        assert!(!signer.verifier_key().verifies(b"", &signature));
        assert!(!signer.verifier_key().verifies(message.as_bytes(), &signature[..63]));
        assert!(!signer.verifier_key().verifies(message.as_bytes(), &[0; 64]));
    }
}
