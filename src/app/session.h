/*
 * A command's way to sockets: options, filter, collector and details tied together.
 */
#ifndef APP_SESSION_H
#define APP_SESSION_H

#include "app/details.h"
#include "app/options.h"
#include "app/replay.h"
#include "collect/collect.h"
#include "model/snapshot.h"
#include "query/filter.h"
#include "query/query.h"

struct session {
	const struct options *o;
	int home; /* where names are asked for, see home.h */
	struct replay *replay; /* of the recording that is read; NULL: none */
	struct collector *collector;
	struct filter *filter; /* NULL: every socket */
	unsigned int facts;    /* what the columns, the order and the filter need */
	struct collect_request request;
	struct details *details;
	bool doubtful;	  /* rows are kept as well that session_doubts() */
	bool live;	  /* passes in slices; names are not waited for */
	bool early_names; /* names of hosts decide which rows are shown, or their order */
};

/*
 * Parse the filter, open the collector; @facts are those that the columns need.
 * Speaks by itself when something is wrong, and returns the exit status;
 * session_close() is then due as well.
 */
int session_open(struct session *s, const struct options *o, unsigned int facts);

/* The same for a series of passes in slices: no dump is read with a second thread. */
int session_open_live(struct session *s, const struct options *o, unsigned int facts);
void session_close(struct session *s);

/* What the last pass was read from, as documents have it; NULL: there was none. */
const char *session_source(const struct session *s);

/* Of what documents are about: NULL where that is here and now. */
const struct document_origin *session_origin(const struct session *s);

/* From now on what the own filter rules out is not asked for, as after session_open(). */
void session_narrow(struct session *s);

/*
 * From now on every socket is asked for that the options do not rule out; @filter
 * (or NULL) says which are wanted in the end, and costs nothing but BOUND.
 */
void session_widen(struct session *s, const struct filter *filter);

/* True if a socket can be judged and shown without having seen the others. */
bool session_streams(const struct session *s);

/* True if the filter can be judged by the socket alone, whatever is shown of it. */
bool session_sifts(const struct session *s);

/*
 * One pass into @sink, of sockets that match as far as the socket alone tells.
 * 0, or -1 with @err set.
 */
int session_run(struct session *s, struct sink *sink, struct error *err);

/*
 * One pass into @snapshot, then the selection and order of its rows by the whole
 * filter and @sort into @result; @snapshot is stamped with the time that it was begun.
 * 0, or -1 with @err set.
 */
int session_query(struct session *s, struct snapshot *snapshot, const struct sort *sort,
		  struct result *result, struct error *err);

/* What is done with a row; nonzero ends the pass over the rows. */
typedef int session_visit(void *context, const struct row *row);

/*
 * One pass, of which nothing is kept: @visit gets the rows that match the whole filter,
 * completed, in the order of @sort (NULL: in any), the first @limit of them (0: all).
 * Rows are borrowed until @visit returns.  0; or -1 when the pass failed, with @err set,
 * or when @visit returned nonzero.
 */
int session_each(struct session *s, const struct sort *sort, size_t limit, session_visit *visit,
		 void *context, struct error *err);

/* Could @row match, as far as the socket alone tells?  It is completed as far. */
bool session_may_keep(const struct session *s, struct row *row);

/* Does @row match the whole filter? */
bool session_keeps(const struct session *s, const struct row *row);

/* Does that depend on its owners, and may these not be looked at? */
bool session_doubts(const struct session *s, const struct row *row);

#endif
