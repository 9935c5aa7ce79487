/* SPDX-License-Identifier: MIT */
/* CRC-32, Adler-32 and SHA-256 against their published check values. */
#include "library.h"

static uint32_t
crc32(const uint8_t *bytes, size_t length)
{
    uint32_t crc = 0xffffffffu;

    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static uint32_t
adler32(const uint8_t *bytes, size_t length)
{
    uint32_t a = 1, b = 0;

    for (size_t i = 0; i < length; i++) {
        a = (a + bytes[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

static uint32_t
rotate(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

/* Fractions of cube and square roots of primes, worked out and not written down. */
static uint32_t
root_fraction(uint32_t prime, int power)
{
    uint64_t low = 0, high = (uint64_t)1 << 37; /* root * 2^32 */

    while (high - low > 1) {
        uint64_t middle = (low + high) / 2;
        /* middle^power against prime * 2^(32 * power), in 32-bit limbs */
        uint32_t limbs[6] = {1, 0, 0, 0, 0, 0};
        uint32_t factor[2] = {(uint32_t)middle, (uint32_t)(middle >> 32)};
        uint64_t whole;

        for (int p = 0; p < power; p++) {
            uint32_t product[6] = {0, 0, 0, 0, 0, 0};

            for (int i = 0; i < 6; i++) {
                uint64_t carry = 0;

                for (int j = 0; i + j < 6; j++) {
                    uint64_t t = product[i + j] + carry;

                    if (j < 2)
                        t += (uint64_t)limbs[i] * factor[j];
                    product[i + j] = (uint32_t)t;
                    carry = t >> 32;
                }
            }
            memcpy(limbs, product, sizeof limbs);
        }
        whole = (uint64_t)limbs[power + 1] << 32 | limbs[power];
        if (whole >= prime)
            high = middle;
        else
            low = middle;
    }
    return (uint32_t)low;
}

static uint32_t round_constants[64], start_values[8];

static void
prepare(void)
{
    uint32_t n = 0;

    for (uint32_t p = 2; n < 64; p++) {
        bool prime = true;

        for (uint32_t d = 2; d * d <= p; d++)
            prime = prime && p % d != 0;
        if (!prime)
            continue;
        if (n < 8)
            start_values[n] = root_fraction(p, 2);
        round_constants[n++] = root_fraction(p, 3);
    }
}

static void
sha256_block(uint32_t h[8], const uint8_t *block)
{
    uint32_t w[64], v[8];

    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 64; i++)
        w[i] = w[i - 16] + (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3) +
               w[i - 7] + (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
    memcpy(v, h, sizeof v);
    for (int i = 0; i < 64; i++) {
        uint32_t t1 = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) +
                      ((v[4] & v[5]) ^ (~v[4] & v[6])) + round_constants[i] + w[i];
        uint32_t t2 = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) +
                      ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));

        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++)
        h[i] += v[i];
}

/* Of a text of at most 55 bytes: one block. */
static void
sha256(const char *text, uint32_t h[8])
{
    uint8_t block[64] = {0};
    size_t length = strlen(text);

    memcpy(block, text, length);
    block[length] = 0x80;
    block[62] = (uint8_t)(length >> 5);
    block[63] = (uint8_t)(length << 3);
    memcpy(h, start_values, sizeof start_values);
    sha256_block(h, block);
}

int
main(void)
{
    static const uint8_t digits[] = "123456789";
    static const uint8_t wikipedia[] = "Wikipedia";
    uint32_t h[8];

    print("crc32    %08x\n", (unsigned)crc32(digits, 9));
    CHECK(crc32(digits, 9) == 0xcbf43926u);
    print("adler32  %08x\n", (unsigned)adler32(wikipedia, 9));
    CHECK(adler32(wikipedia, 9) == 0x11e60398u);
    prepare();
    CHECK(round_constants[0] == 0x428a2f98u && round_constants[63] == 0xc67178f2u);
    CHECK(start_values[0] == 0x6a09e667u && start_values[7] == 0x5be0cd19u);
    sha256("abc", h);
    print("sha256  ");
    for (int i = 0; i < 8; i++)
        print(" %08x", (unsigned)h[i]);
    print("\n");
    CHECK(h[0] == 0xba7816bfu && h[3] == 0x5dae2223u && h[7] == 0xf20015adu);
    return result();
}
