/* Finding columns by name, and lists of them: see columns.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "query/columns.h"

static char folded(char c)
{
	if (c == '-')
		return '_';
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* "recv-q" and "RECV_Q" are the column recv_q. */
static bool name_equals(const char *name, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!name[i] || folded(name[i]) != folded(word[i]))
			return false;
	return !name[len];
}

const struct column *column_find(const char *name, size_t len)
{
	size_t count;
	const struct column *all = columns_all(&count);

	for (size_t i = 0; i < count; i++)
		if (name_equals(all[i].field.name, name, len))
			return &all[i];
	return NULL;
}

/* The columns with the heading @word; headings may stand above more than one. */
static void nearest_headed(struct text_nearest *n, const char *word, size_t len)
{
	size_t count;
	const struct column *all = columns_all(&count);

	for (size_t i = 0; i < count; i++)
		if (name_equals(all[i].field.title, word, len) ||
		    (all[i].brief && name_equals(all[i].brief, word, len)))
			text_nearest_offer(n, word, len, word, len, all[i].field.name);
}

int column_unknown(const char *word, size_t len, struct error *err)
{
	const char *names[COLUMNS_MAX];
	struct text_nearest headed = { .count = 0 };
	char near[128];
	size_t count;
	const struct column *all = columns_all(&count);

	nearest_headed(&headed, word, len);
	if (text_nearest_list(&headed, near, sizeof(near)))
		return error_set(err, 0,
				 "unknown column '%.*s': it is the heading of %s (--list-columns)",
				 (int)len, word, near);
	for (size_t i = 0; i < count; i++)
		names[i] = all[i].field.name;
	if (text_nearest(word, len, names, count, near, sizeof(near)))
		return error_set(err, 0, "unknown column '%.*s': did you mean %s? (--list-columns)",
				 (int)len, word, near);
	return error_set(err, 0, "unknown column '%.*s' (--list-columns shows all)", (int)len,
			 word);
}

static size_t list_place(const struct column_list *list, const struct column *c)
{
	size_t i = 0;

	while (i < list->count && list->column[i] != c)
		i++;
	return i;
}

static void list_append(struct column_list *list, const struct column *c)
{
	if (list_place(list, c) == list->count && list->count < COLUMNS_MAX)
		list->column[list->count++] = c;
}

static void list_remove(struct column_list *list, const struct column *c)
{
	size_t i = list_place(list, c);

	if (i == list->count)
		return;
	list->count--;
	memmove(&list->column[i], &list->column[i + 1],
		(list->count - i) * sizeof(list->column[0]));
}

/* One word of the list: "name", "+name" or "-name"; "all" stands for every column. */
static int parse_word(struct column_list *list, const char *word, size_t len, bool remove,
		      struct error *err)
{
	const struct column *c;

	if (len == 3 && !memcmp(word, "all", 3)) {
		size_t count;
		const struct column *all = columns_all(&count);

		for (size_t i = 0; i < count; i++)
			(remove ? list_remove : list_append)(list, &all[i]);
		return 0;
	}
	c = column_find(word, len);
	if (!c)
		return column_unknown(word, len, err);
	(remove ? list_remove : list_append)(list, c);
	return 0;
}

int column_list_parse(struct column_list *list, const char *text, struct error *err)
{
	bool fresh;

	text += strspn(text, " ");
	fresh = *text != '+' && *text != '-';
	if (fresh)
		list->count = 0;
	while (*text) {
		size_t len;
		bool remove = *text == '-';

		if (*text == '+' || *text == '-')
			text++;
		len = strcspn(text, ", ");
		if (!len)
			return error_set(err, 0, "a column name is missing in the list");
		if (parse_word(list, text, len, remove, err))
			return -1;
		text += len;
		text += strspn(text, " ");
		if (*text && *text != ',')
			return error_set(err, 0, "a comma is missing in the list of columns before "
					 "'%s'", text);
		text += *text == ',';
		text += strspn(text, " ");
	}
	if (!list->count)
		return error_set(err, 0, "the list of columns is empty (--list-columns shows all)");
	return 0;
}

void column_list_add(struct column_list *list, const char *name)
{
	const struct column *c = column_find(name, strlen(name));

	if (c)
		list_append(list, c);
}

unsigned int column_list_facts(const struct column_list *list)
{
	unsigned int facts = 0;

	for (size_t i = 0; i < list->count; i++)
		facts |= list->column[i]->facts;
	return facts;
}
