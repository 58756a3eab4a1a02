"""From UTF-8 bytes to tokens and shingle hashes, one document after the other.

A text is read in loops without a branch, for on real text a misguessed branch costs more than
all the rest. The first decodes, many bytes at once. The second looks every code point up in the
fold table and writes what it folds to, closing up the gaps that trailing bytes and dropped marks
leave, and notes where separators are. The third hashes token after token, four units of 16 bits
in a word of 64. Texts with other characters than letters, digits and separators of one unit take
a plainer second loop.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from syndicate.kernels._jit import I32, I64, U8, U16, U32, U64, helper, inline, kernel
from syndicate.kernels.addresses import at_address, carray
from syndicate.kernels.copying import copy_to

ROLL = np.uint64(0xD6E8FEB86659FD93)
_ROLL2 = np.uint64(0x9FB21C651E98DF25)
_POWERS, _POWERS2 = (
    tuple(np.uint64(pow(int(roll), n, 1 << 64)) for n in (2, 3, 4)) for roll in (ROLL, _ROLL2)
)
_MIX_DIGEST = np.uint64(0xA0761D6478BD642F)
_MIX_SHINGLE = np.uint64(0xE7037ED1A0B428DB)
_ZERO, _ONE, _FOUR, _EIGHT = (np.uint64(n) for n in (0, 1, 4, 8))
_S16, _S29, _S32 = np.uint64(16), np.uint64(29), np.uint64(32)

LIMIT = 0x40000
"""Code points from here on are all unassigned, private or tags: read as separators."""
SYMBOLS = range(0x1F000, 0x20000)
"""Separators all, emoji for the most part."""
SEPARATOR, KEPT, SLOW, LONE, MARK, ITSELF = (1 << bit for bit in range(31, 25, -1))
"""Of an entry of the fold table. Nothing of these: the character is as if it was not there.

A character is *kept* that folds to one unit, in the lower 16 bits. All others are *slow*: it is
*itself*, or has ``entry // COUNT % 8`` pieces, from the one that the lower 20 bits name. A *lone*
letter is a token, a *mark* belongs to the letter before it; a piece that is a mark has that bit.
"""
RARE = 0xFFFF
"""Stands for code points of four bytes that need a look, and has the entry of a slow one."""
COUNT = 1 << 20
DIGIT = 1 << 15
"""Of the unit of a decimal digit."""

ROOM = 16
"""Items more than a text has bytes that its points, units and separators need room for."""
UNSEPARATED = np.uint32(1 << 31)
"""Of a place where a token ends: no separator stands there, another token begins."""

_SEPARATOR, _KEPT, _SLOW, _LONE, _MARK, _ITSELF = (
    np.uint32(flag) for flag in (SEPARATOR, KEPT, SLOW, LONE, MARK, ITSELF)
)
_S15, _S20, _S30, _S31 = (np.uint32(n) for n in (15, 20, 30, 31))
_LOW15, _LOW20, _SEVEN, _FIRST = (np.uint32(n) for n in (0x7FFF, 0xFFFFF, 7, 1))
_TWO, _START, _THREE, _FOUR_BYTES = (np.uint8(lead) for lead in (0x80, 0xC0, 0xE0, 0xF0))
_LOW6, _PICTURES = np.uint8(0x3F), np.uint8(0x9F)
_LOW11, _S6 = np.uint16(0x7FF), np.uint16(6)
_TRANSPARENT = np.uint16(0)
_RARE, _SYMBOL = np.uint16(RARE), np.uint16(0xFFFE)  # no characters
_BEYOND = np.uint32(LIMIT - 2)
_SORTED = 32  # marks in a row

_LOW = np.array([(1 << 16 * min(n, 4)) - 1 for n in range(9)], np.uint64)
_HIGH = np.array([(1 << 16 * max(n - 4, 0)) - 1 for n in range(9)], np.uint64)
"""Masks for the first and second four units of a token of so many."""


@inline
def mix(value: np.uint64, factor: np.uint64) -> np.uint64:
    """Make every bit of the result depend on every bit of the value."""
    value = value ^ (value >> _S32)
    value = value * factor
    return value ^ (value >> _S29)


def four(units: U16, place: np.uint64) -> np.uint64:
    """Give four units as one number, the first lowest."""
    return np.uint64(sum(int(units[int(place) + i]) << 16 * i for i in range(4)))


@intrinsic
def _load_four(context, units, place):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, ARG001
    """Read them in one instruction, wherever they lie."""

    def generate(context, builder, signature, given):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        array = context.make_array(signature.args[0])(context, builder, given[0])
        first = builder.gep(array.data, [given[1]])
        return builder.load(builder.bitcast(first, ir.IntType(64).as_pointer()), align=2)

    return types.uint64(units, types.uint64), generate


@overload(four, inline="always")
def _four(units, place):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, ARG001
    def load(units, place):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        return _load_four(units, np.uint64(place))  # type: ignore[call-arg]

    return load


def folded_product(one: np.uint64, other: np.uint64) -> np.uint64:
    """Multiply to 128 bits, and give the upper 64 xor the lower, as wyhash (Wang Yi 2019) does.

    No bit of a factor changes the same bits of this whatever the other factor is: who does not
    know that cannot choose what cancels out.
    """
    product = int(one) * int(other)
    return np.uint64((product >> 64) ^ (product & 0xFFFFFFFFFFFFFFFF))


@intrinsic
def _multiply(context, one, other):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, ARG001
    """Do so in one instruction."""

    def generate(context, builder, signature, given):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, ARG001
        wide = ir.IntType(128)
        product = builder.mul(*(builder.zext(factor, wide) for factor in given))
        upper = builder.lshr(product, ir.Constant(wide, 64))
        return builder.trunc(builder.xor(upper, product), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), generate


@overload(folded_product, inline="always")
def _folded_product(one, other):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, ARG001
    def multiply(one, other):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        return _multiply(np.uint64(one), np.uint64(other))  # type: ignore[call-arg]

    return multiply


@inline
def decode(text: U8, points: U16) -> None:
    """Decode the UTF-8 sequences of up to three bytes, one entry a byte.

    Every operand has 16 bits, so that a vector holds as many code points as it can.

    Parameters
    ----------
    text : ndarray of uint8, shape (n,)
        Valid UTF-8.
    points : ndarray of uint16, shape (>= n,)
        Filled with code points; 0, which the fold table ignores, for trailing bytes. Of four
        bytes: a separator for `SYMBOLS`, else `RARE`.
    """
    n = len(text)
    for i in range(n - 2):
        first = np.uint16(text[i])
        two = np.uint16(first << _S6) | np.uint16(text[i + 1] & _LOW6)
        three = np.uint16(np.uint16(two) << _S6) | np.uint16(text[i + 2] & _LOW6)
        point = first if text[i] < _TWO else _TRANSPARENT
        point = np.uint16(two & _LOW11) if text[i] >= _START else point
        point = np.uint16(three) if text[i] >= _THREE else point
        rare = _SYMBOL if (text[i] == _FOUR_BYTES) & (text[i + 1] == _PICTURES) else _RARE
        points[i] = rare if text[i] >= _FOUR_BYTES else point
    for i in range(max(n - 2, 0), n):  # no sequence of three bytes starts here
        first = np.uint16(text[i])
        points[i] = first if text[i] < _TWO else _TRANSPARENT
        if text[i] >= _START:
            points[i] = np.uint16(np.uint16(first << _S6) | (text[i + 1] & _LOW6)) & _LOW11


@helper
def cut(text: U8, entries: U32, points: U16, units: U16, separators: U32) -> int:
    """Fold a text into units, and note where separators are.

    Parameters
    ----------
    text : ndarray of uint8, shape (n,)
        Valid UTF-8.
    entries
        Of the fold table.
    points, units, separators : ndarray of uint16, uint16 and uint32, shape (n + ROOM,)
        Filled: code points as by `decode`; units; how many units are before each separator,
        and at last before the end.

    Returns
    -------
    int
        The number of separators, the end counted as one; 0 if this loop cannot read the text.
    """
    decode(text, points)
    seen = np.uint32(0)
    used = count = _ZERO
    for i in range(len(text)):
        entry = entries[points[i]]
        units[used] = np.uint16(entry)
        separators[count] = np.uint32(used)
        used += np.uint64((entry >> _S30) & _FIRST)
        count += np.uint64(entry >> _S31)
        seen |= entry
    separators[count] = np.uint32(used)
    return 0 if seen & _SLOW else np.int64(count + _ONE)


@inline
def point_at(text: U8, i: int) -> tuple[np.uint32, int]:
    """Decode one sequence of valid UTF-8; give the code point and its bytes."""
    point = np.uint32(text[i])
    length = 1 + (point >= 0xC0) + (point >= 0xE0) + (point >= 0xF0)
    if length > 1:
        point &= np.uint32(0x7F >> length)
    for j in range(i + 1, min(i + length, len(text))):
        point = (point << np.uint32(6)) | (np.uint32(text[j]) & _LOW6)
    return (_BEYOND if point >= LIMIT or point == RARE else point), length


@kernel
def cut_any(text: U8, entries: U32, pieces: U32, units: U16, separators: U32, places: U32) -> int:
    """Do what `cut` does, for any text, and note the bytes at which separators are.

    Where a token ends without one, as lone letters do, the place is marked as `UNSEPARATED`.
    """
    used = count = begun = run = 0  # units, tokens, and units before this one and its last marks
    alone = False
    i = 0
    while i < len(text):
        point, length = point_at(text, i)
        entry = entries[point]
        slow, lone = entry & _SLOW != 0, entry & _LONE != 0
        if entry & _SEPARATOR:
            separators[count], places[count] = used, i
            count += 1
            begun, alone = used, False
        elif entry & _KEPT or (slow and not entry & _MARK):
            if used > begun and (alone or lone):
                separators[count], places[count] = used, np.uint32(i) | UNSEPARATED
                count += 1
                begun = used
            alone = lone
        if entry & _KEPT:
            units[used] = np.uint16(entry)
            used += 1
            run = used
        elif slow:
            several = np.int64((entry >> _S20) & _SEVEN)
            for piece in range(1 if entry & _ITSELF else several):
                unit = point if entry & _ITSELF else pieces[(entry & _LOW20) + piece]
                mark = (entry if entry & _ITSELF else unit) & _MARK != 0
                if mark and used == begun:
                    continue  # a mark that no letter carries
                if entry & _ITSELF and not mark and point > _LOW15:
                    units[used] = np.uint16(_FIRST + (point >> _S15))
                    used += 1
                at = used
                unit = np.uint16(unit & _LOW15 if mark or entry & _ITSELF else unit)
                while mark and at > max(run, used - _SORTED) and units[at - 1] > unit:
                    units[at] = units[at - 1]
                    at -= 1
                units[at] = unit
                used += 1
                run = run if mark else used
        i += length
    separators[count], places[count] = used, len(text)
    return count + 1


@inline
def hash_of(units: U16, first: np.uint64, size: np.uint64, factors: U64) -> np.uint64:
    """Hash a token of so many units; seven more of any kind must follow.

    Words of four are mixed in one after the other.
    """
    some = min(size, _EIGHT)
    hashed = folded_product((four(units, first) & _LOW[some]) ^ factors[0], factors[1])
    hashed = folded_product(hashed ^ (four(units, first + _FOUR) & _HIGH[some]), factors[2])
    past = first + size
    first += _EIGHT
    while first < past:
        word = four(units, first) & _LOW[min(past - first, _FOUR)]
        hashed = folded_product(hashed ^ word, factors[2])
        first += _FOUR
    return hashed


@inline
def any_of(units: U16, first: np.uint64, size: np.uint64) -> np.uint64:
    """Give the bits that any of so many units has, spread over four places."""
    some = min(size, _EIGHT)
    found = (four(units, first) & _LOW[some]) | (four(units, first + _FOUR) & _HIGH[some])
    past = first + size
    first += _EIGHT
    while first < past:
        found |= four(units, first) & _LOW[min(past - first, _FOUR)]
        first += _FOUR
    return found


@helper
def hash_tokens(units: U16, separators: U32, count: int, factors: U64, tokens: U64) -> int:
    """Hash what stands between separators; give the number of tokens.

    ``tokens`` has room for one more than there are.
    """
    used = before = _ZERO
    for i in range(count):
        past = np.uint64(separators[i])
        tokens[used] = hash_of(units, before, past - before, factors)
        used += np.uint64(past > before)
        before = past
    return np.int64(used)


@helper
def characterise(points: U16, n: int, traits: U16, separators: U32, count: int, room: U16) -> None:
    """Put in the place of a text's points, as `cut` left them, of which characters each token is.

    ``room`` is as long as ``points``.
    """
    used = before = _ZERO
    for i in range(n):
        look = traits[points[i]]
        room[used] = look
        used += np.uint64(look != 0)  # whatever is kept has a trait, and nothing else has
    used = _ZERO
    for i in range(count):
        past = np.uint64(separators[i])
        looks = any_of(room, before, past - before)
        looks |= looks >> _S32
        points[used] = np.uint16(looks | looks >> _S16)
        used += np.uint64(past > before)
        before = past


@kernel
def characterise_any(
    text: U8, traits: U16, separators: U32, places: U32, count: int, flags: U16
) -> None:
    """Tell of which characters each token of a text is that `cut_any` read."""
    at = used = before = 0
    for i in range(count):
        look = np.uint16(0)
        past = np.int64(places[i] & ~UNSEPARATED)
        while at < past:
            point, length = point_at(text, at)
            look |= traits[point]
            at += length
        if separators[i] > before:
            flags[used] = look
            used += 1
        before = separators[i]


@kernel
def token_spans(
    text: U8,
    entries: U32,
    pieces: U32,
    traits: U16,
    separators: U32,
    places: U32,
    starts: I32,
    ends: I32,
    flags: U16,
) -> int:
    """Find where each token lies.

    Parameters
    ----------
    text : ndarray of uint8, shape (n,)
        Valid UTF-8.
    entries, pieces, traits
        The fold table.
    separators, places : ndarray of uint32, shape (n + ROOM,)
        Room to work in.
    starts, ends : ndarray of int32, shape (n + 1,)
        Filled with offsets in bytes.
    flags : ndarray of uint16, shape (n + 1,)
        Filled: the traits of each token's characters.

    Returns
    -------
    int
        The number of tokens.
    """
    units = np.empty(len(text) + ROOM, np.uint16)
    count = cut_any(text, entries, pieces, units, separators, places)
    characterise_any(text, traits, separators, places, count, flags)
    used = at = before = 0
    for i in range(count):
        past = np.int64(places[i] & ~UNSEPARATED)
        while at < past:
            point, length = point_at(text, at)
            entry = entries[point]
            if entry & (_KEPT | _SLOW) and not entry & _MARK:
                break
            at += length
        if separators[i] > before:
            starts[used], ends[used] = at, past
            used += 1
        at, before = past, separators[i]
    return used


@helper
def shingle(tokens: U64, count: int, size: int, shingles: U64) -> int:
    """Hash each ``size`` consecutive tokens; give the number of shingles.

    Fewer tokens than that make one shingle, none make none. A shingle is a polynomial of its
    tokens in `ROLL` modulo 2**64, as Karp and Rabin (1987) have it, but computed of each anew: to
    roll it on takes fewer steps, of which each waits for the one before.
    """
    width = min(size, count)
    made = np.uint64(count - width + 1 if count else 0)
    for i in range(made):
        shingles[i] = tokens[i]
    for j in range(_ONE, np.uint64(width)):
        for i in range(made):
            shingles[i] = shingles[i] * ROLL + tokens[i + j]
    for i in range(made):
        shingles[i] = mix(shingles[i], _MIX_SHINGLE)
    return np.int64(made)


@helper
def digest(tokens: U64, count: int) -> tuple[np.uint64, np.uint64]:
    """Give 128 bits over all tokens, as two words: such polynomials of all, four at a step."""
    low, high = _ZERO, np.uint64(count)
    past = np.uint64(count)
    i = _ZERO
    while i + _FOUR <= past:
        one, two = tokens[i], tokens[i + _ONE]
        three, last = tokens[i + np.uint64(2)], tokens[i + np.uint64(3)]
        low = low * _POWERS[2] + (one * _POWERS[1] + two * _POWERS[0] + (three * ROLL + last))
        high = high * _POWERS2[2] + (
            one * _POWERS2[1] + two * _POWERS2[0] + (three * _ROLL2 + last)
        )
        i += _FOUR
    while i < past:
        low = low * ROLL + tokens[i]
        high = high * _ROLL2 + tokens[i]
        i += _ONE
    return mix(low, _MIX_SHINGLE), mix(high, _MIX_DIGEST)


@kernel
def shingle_texts(
    addresses: U64,
    lengths: I64,
    spans: I64,
    entries: U32,
    pieces: U32,
    factors: U64,
    traits: U16,
    size: int,
    whole: U8,
    points: U16,
    units: U16,
    separators: U32,
    places: U32,
    tokens: U64,
    shingles: U64,
    bounds: I64,
    flags: U16,
    counts: I32,
    digests: U64,
) -> int:
    """Shingle texts that lie anywhere in memory.

    Parameters
    ----------
    addresses : ndarray of uint64, shape (k,)
        Where spans of valid UTF-8 lie.
    lengths : ndarray of int64, shape (k,)
        Their bytes.
    spans : ndarray of int64, shape (n + 1,)
        Where those of each text start, and the last ends; a text is all its spans.
    entries, pieces, factors, traits
        The fold table.
    size : int
        Tokens to a shingle.
    whole, points, units, separators, places, tokens
        ndarray of uint8, uint16, uint16, uint32, uint32 and uint64: room to work in, `ROOM`
        items more than the longest text has bytes.
    shingles : ndarray of uint64
        Filled with the shingle hashes of all texts, in text order; holds as many as there
        are, which are fewer than ``(bytes + 3 * n) // 2 + 1``.
    bounds : ndarray of int64, shape (n + 1,)
        Filled: where each text's shingles start and the last end.
    flags : ndarray of uint16
        Filled with the traits of all tokens; holds as many as there are, at most likewise. If it
        is empty, none are wanted.
    counts : ndarray of int32, shape (n,)
        Filled: tokens of each text.
    digests : ndarray of uint64, shape (n, 2)
        Filled: 128 bits over the folded tokens, equal for texts that fold alike.
    """
    used = 0
    seen = 0
    bounds[0] = 0
    for i in range(len(spans) - 1):
        first, past = spans[i], spans[i + 1]
        text = whole[:0]
        if past - first == 1:
            text = carray(at_address(addresses[first]), lengths[first], np.uint8)
        else:
            n = 0
            for k in range(first, past):
                span = carray(at_address(addresses[k]), lengths[k], np.uint8)
                copy_to(whole, n, span)
                n += len(span)
            text = whole[:n]
        parts = cut(text, entries, points, units, separators)
        plain = parts > 0
        if not plain:
            parts = cut_any(text, entries, pieces, units, separators, places)
        count = hash_tokens(units, separators, parts, factors, tokens)
        if len(flags):
            if plain:
                characterise(points, len(text), traits, separators, parts, units)
            else:
                characterise_any(text, traits, separators, places, parts, points)
            begun = np.uint64(seen)
            for j in range(np.uint64(count)):  # all unsigned, for the compiler to copy blocks
                flags[begun + j] = points[j]
        seen += count
        counts[i] = count
        used += shingle(tokens, count, size, shingles[used:])
        bounds[i + 1] = used
        digests[i, 0], digests[i, 1] = digest(tokens, count)
    return used
