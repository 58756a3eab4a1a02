/* The reference that the kernels are timed against: UTF-8 text to MinHash signatures, the scheme
 * "syndicate/3" bit for bit, written for gcc -O3 -march=native. It does what a signature needs
 * and nothing else, which the kernels cannot say: they also note each token's traits and a
 * digest of each text. Signatures are made in two ways, of which the benchmark takes the quicker.
 *
 *     gcc -O3 -march=native -shared -fPIC sketch_reference.c -o sketch_reference.so
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ROLL 0xD6E8FEB86659FD93ULL
#define MIX_SHINGLE 0xE7037ED1A0B428DBULL
#define SEPARATOR 0x80000000u
#define KEPT 0x40000000u
#define SLOW 0x20000000u
#define LONE 0x10000000u
#define MARK 0x08000000u
#define ITSELF 0x04000000u
#define RARE 0xFFFF
#define SYMBOL 0xFFFE
#define BEYOND 0x3FFFEu
#define LIMIT 0x40000u
#define LANES 32

static inline uint64_t mix(uint64_t value, uint64_t factor)
{
    value ^= value >> 32;
    value *= factor;
    return value ^ (value >> 29);
}

static inline uint16_t point_at(uint8_t a, uint8_t b, uint8_t c)
{
    uint16_t two = (uint16_t)(a << 6 | (b & 63));
    uint16_t three = (uint16_t)(two << 6 | (c & 63));
    uint16_t point = a < 0x80 ? a : 0;
    point = a >= 0xC0 ? two & 0x7FF : point;
    point = a >= 0xE0 ? three : point;
    return a >= 0xF0 ? (a == 0xF0 && b == 0x9F ? SYMBOL : RARE) : point;
}

/* Code points, 0 for trailing bytes. */
static void decode(const uint8_t *restrict text, size_t n, uint16_t *restrict points)
{
    size_t i = 0;
    for (; i + 2 < n; i++)
        points[i] = point_at(text[i], text[i + 1], text[i + 2]);
    for (; i < n; i++)
        points[i] = point_at(text[i], text[n - 1], text[n - 1]);
}

/* Units, and how many there are before each separator; 0 if a slow character is met. */
static size_t cut(const uint16_t *restrict points, size_t n, const uint32_t *restrict entries,
                  uint16_t *restrict units, uint32_t *restrict separators)
{
    size_t used = 0, count = 0;
    uint32_t seen = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t entry = entries[points[i]];
        units[used] = (uint16_t)entry;
        separators[count] = (uint32_t)used;
        used += entry >> 30 & 1;
        count += entry >> 31;
        seen |= entry;
    }
    separators[count] = (uint32_t)used;
    return seen & SLOW ? 0 : count + 1;
}

/* The same for any text. */
static size_t cut_any(const uint8_t *text, size_t n, const uint32_t *entries,
                      const uint32_t *pieces, uint16_t *units, uint32_t *separators)
{
    size_t used = 0, count = 0, begun = 0, run = 0;
    int alone = 0;
    for (size_t i = 0; i < n;) {
        uint32_t point = text[i], entry;
        size_t length = 1 + (point >= 0xC0) + (point >= 0xE0) + (point >= 0xF0);
        if (length > 1)
            point &= 0x7F >> length;
        for (size_t j = i + 1; j < i + length && j < n; j++)
            point = point << 6 | (text[j] & 63);
        i += length;
        point = point >= LIMIT || point == RARE ? BEYOND : point;
        entry = entries[point];
        if (entry & SEPARATOR) {
            separators[count++] = (uint32_t)used;
            begun = used;
            alone = 0;
        } else if (entry & KEPT || (entry & SLOW && !(entry & MARK))) {
            if (used > begun && (alone || entry & LONE)) {
                separators[count++] = (uint32_t)used;
                begun = used;
            }
            alone = (entry & LONE) != 0;
        }
        if (entry & KEPT) {
            units[used++] = (uint16_t)entry;
            run = used;
        } else if (entry & SLOW) {
            int itself = (entry & ITSELF) != 0;
            uint32_t several = itself ? 1 : entry >> 20 & 7;
            for (uint32_t k = 0; k < several; k++) {
                uint32_t unit = itself ? point : pieces[(entry & 0xFFFFF) + k];
                int mark = ((itself ? entry : unit) & MARK) != 0;
                size_t at;
                if (mark && used == begun)
                    continue;
                if (itself && !mark && point > 0x7FFF)
                    units[used++] = (uint16_t)(1 + (point >> 15));
                unit = mark || itself ? unit & 0x7FFF : unit & 0xFFFF;
                for (at = used; mark && at > run && used - at < 32 && units[at - 1] > unit; at--)
                    units[at] = units[at - 1];
                units[at] = (uint16_t)unit;
                used++;
                run = mark ? run : used;
            }
        }
    }
    separators[count++] = (uint32_t)used;
    return count;
}

static inline uint64_t four(const uint16_t *units, size_t left)
{
    static const uint64_t masks[5] = {0, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFFFFFF, ~0ULL};
    uint64_t word;
    memcpy(&word, units, sizeof word);
    return word & masks[left > 4 ? 4 : left];
}

/* A product of 128 bits, its upper half xor its lower. */
static inline uint64_t folded(uint64_t one, uint64_t other)
{
    unsigned __int128 product = (unsigned __int128)one * other;
    return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

/* Hashes of the tokens between separators. */
static size_t hash_tokens(const uint16_t *restrict units, const uint32_t *restrict separators,
                          size_t count, const uint64_t *restrict factors,
                          uint64_t *restrict tokens)
{
    size_t made = 0, at = 0;
    for (size_t i = 0; i < count; i++) {
        size_t past = separators[i], size = past - at;
        uint64_t hash = folded(four(units + at, size) ^ factors[0], factors[1]);
        hash = folded(hash ^ four(units + at + 4, size > 4 ? size - 4 : 0), factors[2]);
        for (size_t k = 8; k < size; k += 4)
            hash = folded(hash ^ four(units + at + k, size - k), factors[2]);
        tokens[made] = hash;
        made += size > 0;
        at = past;
    }
    return made;
}

/* Upper halves of shingle hashes, finished as datasketch finishes them (MurmurHash3). */
static size_t shingle(uint64_t *restrict tokens, size_t count, size_t size,
                      uint32_t *restrict values)
{
    uint64_t rolled = 0, leaving = 1, gone = 0;
    size_t n = count < size ? count > 0 : count - size + 1;
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

/* One slot after the other, each over all values, whose number is a multiple of LANES. */
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

/* A column of texts, as Arrow holds it. ``slots`` is a multiple of LANES; ``points``, ``units``,
 * ``separators``, ``tokens`` and ``values`` have room for the longest text and LANES more. */
void sketch_texts(const uint8_t *data, const int64_t *offsets, size_t n, const uint32_t *entries,
                  const uint32_t *pieces, const uint64_t *factors, size_t size,
                  const uint32_t *scale, const uint32_t *shift, size_t slots, int values_first,
                  uint16_t *points, uint16_t *units, uint32_t *separators, uint64_t *tokens,
                  uint32_t *values, uint32_t *out)
{
    for (size_t d = 0; d < n; d++) {
        const uint8_t *text = data + offsets[d];
        size_t length = (size_t)(offsets[d + 1] - offsets[d]), count;
        decode(text, length, points);
        count = cut(points, length, entries, units, separators);
        if (!count)
            count = cut_any(text, length, entries, pieces, units, separators);
        count = hash_tokens(units, separators, count, factors, tokens);
        count = shingle(tokens, count, size, values);
        for (; count % LANES; count++)
            values[count] = values[0];
        (values_first ? by_value : by_slot)(values, count, scale, shift, slots, out + d * slots);
    }
}
