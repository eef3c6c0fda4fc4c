"""Fingerprints as words that can be read out over the telephone.

Proquints (D. S. Wilkerson, 2009): each 16 bits are a word of five letters,
consonant and vowel in turn, and need no list of words in any language.
"""

import hashlib

_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"
_WORDS, _SHORT_WORDS = 5, 2


def words_of(public_key: bytes) -> str:
    """Return 80 bits of the key's SHA-256 as five words: what people compare."""
    return _words(public_key, _WORDS)


def short_words_of(public_key: bytes) -> str:
    """Return the first two of the five words: enough to tell namesakes apart, and no proof."""
    return _words(public_key, _SHORT_WORDS)


def first_word_of(data: bytes) -> str:
    """Return the first of the words alone."""
    return _words(data, 1)


def _words(public_key: bytes, count: int) -> str:
    digest = hashlib.sha256(public_key).digest()
    return "-".join(_word(digest[2 * i] << 8 | digest[2 * i + 1]) for i in range(count))


def _word(bits: int) -> str:
    return (
        _CONSONANTS[bits >> 12]
        + _VOWELS[bits >> 10 & 3]
        + _CONSONANTS[bits >> 6 & 15]
        + _VOWELS[bits >> 4 & 3]
        + _CONSONANTS[bits & 15]
    )
