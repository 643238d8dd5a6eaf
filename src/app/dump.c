/*
 * connstate -D FILE: see dump.h.
 *
 * The filter is applied to each message on its way, so it can be about what a socket
 * says of itself only.
 */
#include "config.h"

#include "app/dump.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/disguise.h"
#include "app/say.h"
#include "app/session.h"
#include "collect/dumpfile.h"

struct editor {
	struct session *session;
	struct disguise *disguise; /* NULL: addresses stay */
};

static int edit(void *context, struct sock *sk)
{
	struct editor *e = context;
	struct row row = { .sock = sk };

	if (e->session->facts & FACTS_BY_ROW)
		details_complete(e->session->details, &row);
	if (!session_keeps(e->session, &row))
		return 1;
	if (e->disguise)
		disguise_ends(e->disguise, sk);
	return 0;
}

static FILE *open_file(const char *path, struct error *err)
{
	FILE *file;

	if (!strcmp(path, "-")) {
		if (!isatty(STDOUT_FILENO))
			return stdout;
		error_set(err, 0, "a dump is not for a terminal: send standard output elsewhere");
		return NULL;
	}
	file = fopen(path, "we");
	if (!file)
		error_set(err, errno, "cannot create '%s'", path);
	return file;
}

static int save_to(FILE *file, struct session *s, struct disguise *disguise, struct error *err)
{
	struct collect_request request = s->request;
	struct editor e = { .session = s, .disguise = disguise };
	const struct dumpfile_editor editor = { .edit = edit, .context = &e };
	const char *name = file == stdout ? "standard output" : s->o->dump;
	int failed;

	request.facts = FACTS_OF_DUMP;
	failed = dumpfile_write(file, name, &request, &editor, NULL, err);
	if (fclose(file) && !failed)
		failed = error_set(err, errno, "cannot write '%s'", name);
	return failed;
}

static int save(struct session *s)
{
	struct error err = { 0 };
	struct disguise *disguise = NULL;
	FILE *file;
	int failed = -1;

	if (!session_streams(s)) {
		error_set(&err, 0, "the filter of --dump can be about what the kernel tells with "
				   "a socket only, not about its processes");
		return say_error(&err, EXIT_USAGE);
	}
	if (s->o->anonymize)
		disguise = disguise_new(&err);
	file = disguise || !s->o->anonymize ? open_file(s->o->dump, &err) : NULL;
	if (file)
		failed = save_to(file, s, disguise, &err);
	disguise_free(disguise);
	return failed ? say_error(&err, EXIT_FAILED) : EXIT_DONE;
}

int dump_save(const struct options *o)
{
	struct session s;
	int status = session_open(&s, o, 0);

	if (!status)
		status = save(&s);
	session_close(&s);
	return status;
}
