/* The reference that the kernels are timed against: UTF-8 text to MinHash signatures, the scheme
 * "syndicate/1" bit for bit, written for gcc -O3 -march=native. It does what a signature needs
 * and nothing else, which the kernels cannot say: they also note each token's traits and a
 * digest of each text. Signatures are made in two ways, of which the benchmark takes the quicker.
 *
 *     gcc -O3 -march=native -shared -fPIC sketch_reference.c -o sketch_reference.so
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ROLL 0xD6E8FEB86659FD93ULL
#define MIX_TOKEN 0xA0761D6478BD642FULL
#define MIX_SHINGLE 0xE7037ED1A0B428DBULL
#define FOUR_BYTES 0x3FFFEu
#define LIMIT 0x40000u
#define LANES 32

static inline uint64_t mix(uint64_t value, uint64_t factor)
{
    value ^= value >> 32;
    value *= factor;
    return value ^ (value >> 29);
}

static inline uint32_t point_at(uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t two = (a & 31) << 6 | (b & 63);
    uint32_t three = (a & 15) << 12 | (b & 63) << 6 | (c & 63);
    uint32_t point = a < 0x80 ? a : 0;
    point = a >= 0xC0 ? two : point;
    point = a >= 0xE0 ? three : point;
    return a >= 0xF0 ? FOUR_BYTES : point;
}

/* Code points, 0 for trailing bytes; says whether letters may stand alone. */
static int decode(const uint8_t *restrict text, size_t n, uint32_t *restrict points)
{
    uint32_t most = 0, south = ~0u;
    size_t i = 0;
    for (; i + 2 < n; i++) {
        uint32_t point = point_at(text[i], text[i + 1], text[i + 2]);
        uint32_t from = point - 0xE00;
        points[i] = point;
        most = point > most ? point : most;
        south = from < south ? from : south;
    }
    for (; i < n; i++)
        points[i] = point_at(text[i], text[n - 1], text[n - 1]);
    return most >= 0x2E80 || south < 0x1000;
}

static size_t spaced_tokens(const uint32_t *restrict points, size_t n,
                            const uint64_t *restrict multiplier,
                            const uint64_t *restrict addend, uint64_t *restrict tokens)
{
    uint64_t hash = 0, inside = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t factor = multiplier[points[i]];
        uint64_t still = factor >> 63 | (inside & factor);
        tokens[count] = hash;
        count += inside & (still ^ 1);
        hash = hash * factor + addend[points[i]];
        inside = still;
    }
    tokens[count] = hash;
    return count + inside;
}

/* Any text; a letter of multiplier 0 is a token of its own. */
static size_t lone_tokens(const uint8_t *text, size_t n, const uint64_t *multiplier,
                          const uint64_t *addend, uint64_t *tokens)
{
    uint64_t hash = 0;
    size_t count = 0;
    int inside = 0, alone = 0;
    for (size_t i = 0; i < n;) {
        uint32_t point = text[i];
        size_t length = 1 + (point >= 0xC0) + (point >= 0xE0) + (point >= 0xF0);
        if (length > 1)
            point &= 0x7F >> length;
        for (size_t j = i + 1; j < i + length && j < n; j++)
            point = point << 6 | (text[j] & 63);
        i += length;
        point = point < LIMIT ? point : FOUR_BYTES;
        uint64_t factor = multiplier[point], code = addend[point];
        if (factor == 0 || (factor != 1 && alone)) {
            if (inside)
                tokens[count++] = hash;
            alone = factor == 0 && code != 0;
            inside = alone || factor != 0;
            hash = code;
        } else {
            hash = hash * factor + code;
            inside |= factor != 1;
        }
    }
    if (inside)
        tokens[count++] = hash;
    return count;
}

/* Upper halves of shingle hashes, finished as datasketch finishes them (MurmurHash3). */
static size_t shingle(uint64_t *restrict tokens, size_t count, size_t size,
                      uint32_t *restrict values)
{
    uint64_t rolled = 0, leaving = 1, gone = 0;
    size_t n = count < size ? count > 0 : count - size + 1;
    for (size_t i = 0; i < count; i++)
        tokens[i] = mix(tokens[i], MIX_TOKEN);
    for (size_t i = 0; i < size; i++)
        leaving *= ROLL;
    if (count < size) {
        for (size_t i = 0; i < count; i++)
            rolled = rolled * ROLL + tokens[i];
        values[0] = (uint32_t)(mix(rolled, MIX_SHINGLE) >> 32);
    } else {
        for (size_t i = 0; i + 1 < size; i++)
            rolled = rolled * ROLL + tokens[i];
        for (size_t i = 0; i < n; i++) {
            rolled = rolled * ROLL + tokens[i + size - 1] - gone * leaving;
            gone = tokens[i];
            values[i] = (uint32_t)(mix(rolled, MIX_SHINGLE) >> 32);
        }
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t v = values[i];
        v = (v ^ v >> 16) * 0x85EBCA6Bu;
        v = (v ^ v >> 13) * 0xC2B2AE35u;
        values[i] = v ^ v >> 16;
    }
    return n;
}

/* One slot after the other, each over all values. */
static void by_slot(const uint32_t *restrict values, size_t n, const uint32_t *restrict scale,
                    const uint32_t *restrict shift, size_t slots, uint32_t *restrict out)
{
    for (size_t k = 0; k < slots; k++) {
        uint32_t least = ~0u, a = scale[k], b = shift[k];
        for (size_t i = 0; i < n; i++) {
            uint32_t value = a * values[i] + b;
            least = value < least ? value : least;
        }
        out[k] = least;
    }
}

/* One value after the other, each for some slots that stay in registers. */
static void by_value(const uint32_t *restrict values, size_t n, const uint32_t *restrict scale,
                     const uint32_t *restrict shift, size_t slots, uint32_t *restrict out)
{
    for (size_t first = 0; first < slots; first += LANES) {
        uint32_t least[LANES];
        memset(least, 0xFF, sizeof least);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < LANES; k++) {
                uint32_t value = scale[first + k] * values[i] + shift[first + k];
                least[k] = value < least[k] ? value : least[k];
            }
        memcpy(out + first, least, sizeof least);
    }
}

/* A column of texts, as Arrow holds it. ``slots`` is a multiple of LANES; ``points``,
 * ``tokens`` and ``values`` have room for the longest text and two more. */
void sketch_texts(const uint8_t *data, const int64_t *offsets, size_t n,
                  const uint64_t *multiplier, const uint64_t *addend, size_t size,
                  const uint32_t *scale, const uint32_t *shift, size_t slots, int values_first,
                  uint32_t *points, uint64_t *tokens, uint32_t *values, uint32_t *out)
{
    for (size_t d = 0; d < n; d++) {
        const uint8_t *text = data + offsets[d];
        size_t length = (size_t)(offsets[d + 1] - offsets[d]), count;
        if (decode(text, length, points))
            count = lone_tokens(text, length, multiplier, addend, tokens);
        else
            count = spaced_tokens(points, length, multiplier, addend, tokens);
        count = shingle(tokens, count, size, values);
        (values_first ? by_value : by_slot)(values, count, scale, shift, slots, out + d * slots);
    }
}
