/*
 * Words as people type them: fold, compare loosely, suggest.
 *
 * Folding makes "Close_wait", "CLOSE-WAIT" and "close wait" the same word: upper
 * case, without blanks, '-' and '_'.  All of it is ASCII; other bytes are kept as
 * they are.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* The longest word that is folded; a longer one is nobody's name. */
#define TEXT_WORD_MAX 64

/*
 * Fold @word (of @len bytes) into @out (@size bytes, no NUL).  Returns the folded
 * length, or 0 when nothing is left or it does not fit.
 */
size_t text_fold(char *out, size_t size, const char *word, size_t len);

/* True when @word (of @len bytes) and the NUL-terminated @name fold to the same word. */
bool text_same(const char *word, size_t len, const char *name);

/*
 * True when @word (of @len bytes) folds to the same as one of the words of @list, a
 * NUL-terminated text separated by blanks (NULL is an empty one).
 */
bool text_in_list(const char *word, size_t len, const char *list);

/*
 * The next word of *@list: its start, with @len set and *@list moved behind it;
 * NULL after the last.
 */
const char *text_next_word(const char **list, size_t *len);

/*
 * How many characters must be inserted, removed, replaced or swapped with their
 * neighbour to make @a of @b, after folding.  Words above TEXT_WORD_MAX are
 * TEXT_WORD_MAX apart.
 */
size_t text_distance(const char *a, size_t a_len, const char *b, size_t b_len);

#define TEXT_NEAREST 3

/* The names nearest to a word so far, best first.  Zero-filled it is empty. */
struct text_nearest {
	const char *name[TEXT_NEAREST]; /* borrowed */
	size_t distance[TEXT_NEAREST];
	size_t count;
};

/*
 * Keep @name if @spelling (of @spelling_len bytes, one of the ways to write it) is
 * among the nearest to @word (of @len bytes).  A name is kept once, whatever the
 * number of its spellings.
 */
void text_nearest_offer(struct text_nearest *n, const char *word, size_t len, const char *spelling,
			size_t spelling_len, const char *name);

/*
 * "A, B or C" into @out (@size bytes, NUL-terminated).  Returns how many names; 0
 * leaves @out empty.  Names that do not fit, or are much further away than the best, are left
 * out.
 */
size_t text_nearest_list(const struct text_nearest *n, char *out, size_t size);

/* Both in one: the nearest of @count @names to @word as "A, B or C" in @out. */
size_t text_nearest(const char *word, size_t len, const char *const *names, size_t count,
		    char *out, size_t size);

#endif
