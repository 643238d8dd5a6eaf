/* Words as people type them: see text.h. */
#include "config.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

size_t text_fold(char *out, size_t size, const char *word, size_t len)
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		char c = word[i];

		if (c == ' ' || c == '-' || c == '_')
			continue;
		if (used == size)
			return 0;
		out[used++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	return used;
}

static bool same(const char *a, size_t a_len, const char *b, size_t b_len)
{
	char fold_a[TEXT_WORD_MAX], fold_b[TEXT_WORD_MAX];
	size_t used_a = text_fold(fold_a, sizeof(fold_a), a, a_len);
	size_t used_b = text_fold(fold_b, sizeof(fold_b), b, b_len);

	return used_a && used_a == used_b && !memcmp(fold_a, fold_b, used_a);
}

bool text_same(const char *word, size_t len, const char *name)
{
	return same(word, len, name, strlen(name));
}

const char *text_next_word(const char **list, size_t *len)
{
	const char *start = *list ? *list + strspn(*list, " ") : "";

	*len = strcspn(start, " ");
	if (!*len)
		return NULL;
	*list = start + *len;
	return start;
}

bool text_in_list(const char *word, size_t len, const char *list)
{
	const char *item;
	size_t item_len;

	while ((item = text_next_word(&list, &item_len)))
		if (same(word, len, item, item_len))
			return true;
	return false;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment, three rows of the matrix at a time. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[3][TEXT_WORD_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_len; j++)
		before[j] = above[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *oldest = before;

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t cost = above[j - 1] + (a[i - 1] != b[j - 1]);

			cost = smaller(cost, smaller(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				cost = smaller(cost, before[j - 2] + 1);
			row[j] = cost;
		}
		before = above;
		above = row;
		row = oldest;
	}
	return above[b_len];
}

size_t text_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	char fold_a[TEXT_WORD_MAX], fold_b[TEXT_WORD_MAX];
	size_t used_a = text_fold(fold_a, sizeof(fold_a), a, a_len);
	size_t used_b = text_fold(fold_b, sizeof(fold_b), b, b_len);

	if ((a_len && !used_a) || (b_len && !used_b))
		return TEXT_WORD_MAX;
	return distance(fold_a, used_a, fold_b, used_b);
}

/*
 * How far apart, or TEXT_WORD_MAX when too far to be worth mentioning.  A part of
 * a name is taken for an abbreviation, however much is missing.
 */
static size_t farness(const char *word, size_t len, const char *spelling, size_t spelling_len)
{
	char fold_word[TEXT_WORD_MAX], fold_name[TEXT_WORD_MAX];
	size_t used = text_fold(fold_word, sizeof(fold_word), word, len);
	size_t name_used = text_fold(fold_name, sizeof(fold_name), spelling, spelling_len);
	size_t limit = used < 5 ? 1 : (used + 1) / 3;
	size_t apart;

	if (!used || !name_used)
		return TEXT_WORD_MAX;
	apart = distance(fold_word, used, fold_name, name_used);
	if (apart <= limit && apart < used)
		return apart;
	if (used >= 2 && used < name_used && !memcmp(fold_word, fold_name, used))
		return limit + 1;
	if (used >= 3 && memmem(fold_name, name_used, fold_word, used))
		return limit + 2;
	return TEXT_WORD_MAX;
}

/* Take @name out if it is further away than @apart; false if it is nearer and stays. */
static bool make_way(struct text_nearest *n, const char *name, size_t apart)
{
	for (size_t i = 0; i < n->count; i++) {
		if (strcmp(n->name[i], name))
			continue;
		if (n->distance[i] <= apart)
			return false;
		n->count--;
		for (; i < n->count; i++) {
			n->name[i] = n->name[i + 1];
			n->distance[i] = n->distance[i + 1];
		}
	}
	return true;
}

void text_nearest_offer(struct text_nearest *n, const char *word, size_t len, const char *spelling,
			size_t spelling_len, const char *name)
{
	size_t apart = farness(word, len, spelling, spelling_len);
	size_t i;

	if (apart == TEXT_WORD_MAX || !make_way(n, name, apart))
		return;
	if (n->count == TEXT_NEAREST) {
		if (n->distance[n->count - 1] <= apart)
			return;
		n->count--;
	}
	for (i = n->count++; i && n->distance[i - 1] > apart; i--) {
		n->name[i] = n->name[i - 1];
		n->distance[i] = n->distance[i - 1];
	}
	n->name[i] = name;
	n->distance[i] = apart;
}

/*
 * How many of the names are worth mentioning and fit into @size bytes with the words between
 * them.  Beside a near one, those that are further away by more than one would only confuse.
 */
static size_t names_fitting(const struct text_nearest *n, size_t size)
{
	size_t used = 1;
	size_t i;

	for (i = 0; i < n->count && n->distance[i] <= n->distance[0] + 1; i++) {
		used += strlen(n->name[i]) + (i ? strlen(" or ") : 0);
		if (used > size)
			break;
	}
	return i;
}

size_t text_nearest_list(const struct text_nearest *n, char *out, size_t size)
{
	size_t count = names_fitting(n, size);
	size_t used = 0;

	if (size)
		out[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		const char *between = !i ? "" : i + 1 < count ? ", " : " or ";

		used += (size_t)snprintf(out + used, size - used, "%s%s", between, n->name[i]);
	}
	return count;
}

size_t text_nearest(const char *word, size_t len, const char *const *names, size_t count,
		    char *out, size_t size)
{
	struct text_nearest n = { 0 };

	for (size_t i = 0; i < count; i++)
		text_nearest_offer(&n, word, len, names[i], strlen(names[i]), names[i]);
	return text_nearest_list(&n, out, size);
}
