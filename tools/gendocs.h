/*
 * What the parts of gendocs share: entries and the styles that write them.
 */
#ifndef TOOLS_GENDOCS_H
#define TOOLS_GENDOCS_H

#include <stdbool.h>

/* One thing with a name and a sentence or two; NULL or 0 is what it does not have. */
struct entry {
	const char *word;
	char letter;	      /* an option's one-letter form */
	const char *argument; /* what the option takes */
	const char *values;   /* the section that completes the argument */
	const char *help;
	const char *more; /* a paragraph for the manual alone */
};

struct style {
	const char *name;
	void (*begin)(const char *section);
	void (*entry)(const char *section, const struct entry *e);
	void (*end)(const char *section);
	void (*heading)(const char *text, bool first); /* of a group of entries, or NULL */
};

/*
 * Sections of connstate-json(5): the members beside the rows, the columns with their
 * types, the rows of one kind of document ("json-KIND"), the lists of names.
 */
void gendocs_members(const char *section, const struct style *style);
void gendocs_columns(const char *section, const struct style *style);
void gendocs_document(const char *section, const struct style *style);
void gendocs_lists(const char *section, const struct style *style);

/* The JSON Schema to standard output.  Returns the exit status. */
int gendocs_schema(void);

#endif
