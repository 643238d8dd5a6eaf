/*
 * UTF-8 on its way to a terminal: decode, measure in cells, make harmless, cut.
 *
 * Names of processes, paths and hosts are chosen by others.  Whatever could act
 * on a terminal (control bytes, malformed UTF-8, bidirectional controls,
 * invisible format characters) comes out as U+FFFD.  @ascii is for a locale
 * without UTF-8: all that is not printable ASCII then comes out as '?'.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xfffdu
#define UTF8_BYTES_MAX 4

/* One character that is safe to show. */
struct utf8_char {
	uint32_t code;
	uint8_t bytes; /* consumed from the text, at least 1 */
	uint8_t cells; /* 0: joins the character before it; 1; 2 */
};

/*
 * True when the user's locale writes UTF-8.  The first call sets the program's
 * LC_CTYPE by the environment, which takes 120 KiB: it is asked where characters
 * beyond ASCII are at hand, not before.
 */
bool utf8_locale(void);

/*
 * Decode the character at @text, @len (at least 1) bytes.  Returns how many
 * bytes it takes; a malformed sequence takes 1 and gives UTF8_REPLACEMENT.
 */
size_t utf8_decode(const char *text, size_t len, uint32_t *code);

/* Encode @code into @out (UTF8_BYTES_MAX bytes, no NUL).  Returns the length. */
size_t utf8_encode(char *out, uint32_t code);

/* The next character of @text, made safe; @len must be at least 1. */
struct utf8_char utf8_next(const char *text, size_t len, bool ascii);

/*
 * Copy @text made safe for the program's locale into @out (@size bytes, no NUL),
 * as many whole characters as fit.  Returns the bytes written.
 */
size_t utf8_sanitise(char *out, size_t size, const char *text, size_t len);

/* The cells that @text takes on a terminal, made safe. */
size_t utf8_cells(const char *text, size_t len, bool ascii);

/*
 * How many bytes of @text fit into @cells cells, combining marks of the last
 * character included.  The cells they take go to @used (NULL is fine).
 */
size_t utf8_cut(const char *text, size_t len, size_t cells, bool ascii, size_t *used);

#endif
