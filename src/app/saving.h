/*
 * What is shown, to a file: the screen as text, or all rows of the view, or of what lies
 * over it, as JSON or CSV.
 *
 * The table of connections may have a million rows, and groups of them may be as many, so
 * they are written some rows at a time; the snapshot must stay until all of them are.  What
 * is looked at may change meanwhile, but before the first row is written it ends with that.
 */
#ifndef APP_SAVING_H
#define APP_SAVING_H

#include <stdbool.h>
#include <stddef.h>

#include "app/copy.h"
#include "base/error.h"

struct saving;

/*
 * Begin to write to the new file at @path: rows where the name ends in .json, .jsonl,
 * .csv or .tsv, else the screen.  NULL with @err set, and there is no file.
 */
struct saving *saving_open(const struct copy *copy, const char *path, struct error *err);

/*
 * The facts that the rows need of the kernel (enum fact): a snapshot that has them
 * before the first step saves asking for each row alone, which saving_has_facts()
 * is told of.
 */
unsigned int saving_facts(const struct saving *s);
void saving_has_facts(struct saving *s);

/* Has a row been written?  From then on the snapshot must stay. */
bool saving_has_begun(const struct saving *s);

/*
 * Write on for a moment.  False: there is more; true: it is over, and @what (@size
 * bytes) tells in words what was written, or what was wrong, and then there is no file.
 */
bool saving_step(struct saving *s, char *what, size_t size);

/* What was not written to its end goes.  NULL is fine. */
void saving_close(struct saving *s);

#endif
