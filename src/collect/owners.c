/* Which processes hold a socket: see owners.h. */
#include "config.h"

#include "collect/owners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "collect/inode_index.h"
#include "collect/process_table.h"

#define THREADS_DEFAULT 2
#define WINDOW_FIRST 16
#define WINDOW_GROWTH 4
#define WINDOW_LAST 65536   /* after this one, all */
#define WINDOW_INIT 1024    /* of the init process at least */
#define AHEAD 16	    /* how many times further a holder is read */
#define VERIFIED_A_PASS 128 /* known descriptors that are read again */
#define RETRY_MAX 64	    /* passes between two searches for what nobody holds */

struct owner_finder {
	struct process_table table;
	struct inode_index wanted;
	struct inode_index missing; /* no holder in the last search through everything */
	uint64_t *asked;	    /* what @wanted was made of: is it the same again? */
	size_t asked_count;
	enum owner_search search;
	struct process_job *jobs; /* room for all processes */
	const struct process **far; /* the same; holders beyond what is known of others */
	size_t far_count;
	const struct owner **lists; /* by slot of @wanted: made when asked for */
	struct arena arena;	    /* of the lists */
	struct owner_report report;
	unsigned int threads;
	uint64_t pass;
	uint64_t retry_pass; /* @missing is looked for again in this one */
	uint64_t retry_distance;
	uint32_t verify_pid; /* where the verification goes on */
	int32_t verify_fd;
};

struct owner_finder *owner_finder_open(const char *proc_root, unsigned int threads,
				       struct error *err)
{
	struct owner_finder *f = calloc(1, sizeof(*f));

	if (!f) {
		error_set(err, ENOMEM, "cannot look for owners");
		return NULL;
	}
	f->arena.block_bytes = 16384;
	f->threads = threads ? threads : THREADS_DEFAULT;
	if (process_table_open(&f->table, proc_root, err) < 0) {
		free(f);
		return NULL;
	}
	return f;
}

void owner_finder_close(struct owner_finder *f)
{
	if (!f)
		return;
	process_table_close(&f->table);
	inode_index_fini(&f->wanted);
	inode_index_fini(&f->missing);
	arena_fini(&f->arena);
	free(f->asked);
	free(f->jobs);
	free(f->far);
	free(f->lists);
	free(f);
}

static bool all_found(const struct owner_finder *f)
{
	return f->wanted.found == f->wanted.count;
}

static int32_t window_of(const struct process *p, int32_t limit)
{
	if (p->pid == 1 && limit < WINDOW_INIT)
		limit = WINDOW_INIT;
	/* one that changed is read as far as it was known */
	return p->changed && p->known_below > limit ? p->known_below : limit;
}

/* Read all for which @limit_of (a number below which to read, 0: not at all) asks for more. */
static int scan(struct owner_finder *f, enum process_trust trust,
		int32_t (*limit_of)(const struct owner_finder *f, const struct process *p,
				    int32_t argument),
		int32_t argument, struct error *err)
{
	size_t count = 0, i;

	for (i = 0; i < f->table.count; i++) {
		struct process *p = &f->table.list[i];
		int32_t limit = limit_of(f, p, argument);

		if (p->changed ? limit > 0 : limit > p->known_below)
			f->jobs[count++] = (struct process_job){ .process = p, .limit = limit };
	}
	f->report.scanned += count;
	return process_table_scan(&f->table, f->jobs, count, trust, &f->wanted, f->threads,
				  &f->report.descriptors, err);
}

/* Join what is known of the descriptors with what is wanted, lowest pid and number first. */
static int match(struct owner_finder *f, struct error *err)
{
	size_t i, k;

	inode_index_clear_holders(&f->wanted);
	for (i = f->table.count; i-- > 0;) {
		struct process *p = &f->table.list[i];

		p->last_hit = -1;
		for (k = p->fds_count; k-- > 0;) {
			size_t slot = inode_index_find(&f->wanted, p->fds[k].inode);

			if (slot == INODE_INDEX_NONE)
				continue;
			if (inode_index_add(&f->wanted, slot, (uint32_t)i, p->fds[k].fd) < 0)
				return error_set(err, ENOMEM,
						 "cannot hold the owners of %zu sockets",
						 f->wanted.count);
			if (p->last_hit < 0)
				p->last_hit = p->fds[k].fd;
		}
	}
	return 0;
}

static int32_t limit_all(const struct owner_finder *f, const struct process *p, int32_t limit)
{
	(void)f;
	return window_of(p, limit);
}

/* A process that holds a wanted socket probably holds more of them. */
static int32_t limit_holder(const struct owner_finder *f, const struct process *p, int32_t limit)
{
	(void)f;
	return p->last_hit < 0 ? 0 : limit;
}

static bool are_related(const struct process *a, const struct process *b)
{
	return a->parent == b->pid || b->parent == a->pid || (a->group && a->group == b->group) ||
	       (a->session && a->session == b->session);
}

/* A relative of a holder may hold the same under the same number. */
static int32_t limit_relative(const struct owner_finder *f, const struct process *p,
			      int32_t argument)
{
	int32_t limit = 0;
	size_t i;

	(void)argument;
	for (i = 0; i < f->far_count; i++) {
		const struct process *holder = f->far[i];

		if (holder->last_hit >= p->known_below && holder->last_hit >= limit &&
		    are_related(p, holder))
			limit = holder->last_hit + 1;
	}
	return limit;
}

/* Read the relatives of holders as far as these were read. */
static int search_relatives(struct owner_finder *f, struct error *err)
{
	int32_t known_below = PROCESS_ALL_FDS;
	size_t i;

	for (i = 0; i < f->table.count; i++) {
		if (f->table.list[i].known_below < known_below)
			known_below = f->table.list[i].known_below;
	}
	f->far_count = 0;
	for (i = 0; i < f->table.count; i++) {
		if (f->table.list[i].last_hit >= known_below)
			f->far[f->far_count++] = &f->table.list[i];
	}
	if (!f->far_count)
		return 0;
	if (scan(f, TRUST_KNOWN, limit_relative, 0, err) < 0)
		return -1;
	return match(f, err);
}

/* True when a wanted socket has no holder and this is no news. */
static bool search_is_due(const struct owner_finder *f)
{
	size_t i;

	if (all_found(f))
		return false;
	if (f->pass >= f->retry_pass)
		return true;
	for (i = 0; i < f->wanted.slots; i++) {
		if (f->wanted.keys[i] && !f->wanted.heads[i] &&
		    inode_index_find(&f->missing, f->wanted.keys[i]) == INODE_INDEX_NONE)
			return true;
	}
	return false;
}

static int search_windows(struct owner_finder *f, struct error *err)
{
	int32_t limit = WINDOW_FIRST;

	for (;;) {
		if (scan(f, TRUST_KNOWN, limit_all, limit, err) < 0 || match(f, err) < 0)
			return -1;
		if (limit == PROCESS_ALL_FDS || !search_is_due(f))
			break;
		if (scan(f, TRUST_KNOWN, limit_holder, limit * AHEAD, err) < 0 || match(f, err) < 0)
			return -1;
		if (all_found(f))
			break;
		limit = limit >= WINDOW_LAST ? PROCESS_ALL_FDS : limit * WINDOW_GROWTH;
	}
	return search_relatives(f, err);
}

/*
 * There are sockets without a holder: no longer trust what is known of the
 * processes whose descriptors came to be known in the way @freshness.
 */
static int search_again(struct owner_finder *f, enum process_freshness freshness,
			struct error *err)
{
	size_t i;

	for (i = 0; i < f->table.count; i++) {
		struct process *p = &f->table.list[i];

		if (p->freshness == freshness)
			p->changed = true;
	}
	if (scan(f, TRUST_WANTED, limit_all, PROCESS_ALL_FDS, err) < 0)
		return -1;
	return match(f, err);
}

/* Remember what nobody holds, and when to look again. */
static int note_missing(struct owner_finder *f, struct error *err)
{
	size_t left = f->wanted.count - f->wanted.found, count = 0, i;
	uint64_t *inodes = calloc(left + 1, sizeof(*inodes));
	bool known = left > 0;

	if (!inodes)
		return error_set(err, ENOMEM, "cannot hold %zu sockets without owner", left);
	for (i = 0; i < f->wanted.slots && count < left; i++) {
		if (!f->wanted.keys[i] || f->wanted.heads[i])
			continue;
		inodes[count++] = f->wanted.keys[i];
		if (inode_index_find(&f->missing, f->wanted.keys[i]) == INODE_INDEX_NONE)
			known = false;
	}
	f->retry_distance = known ? f->retry_distance * 2 : 1;
	if (f->retry_distance > RETRY_MAX)
		f->retry_distance = RETRY_MAX;
	f->retry_pass = f->pass + f->retry_distance;
	i = (size_t)inode_index_build(&f->missing, inodes, count);
	free(inodes);
	return i ? error_set(err, ENOMEM, "cannot hold %zu sockets without owner", left) : 0;
}

static int search(struct owner_finder *f, enum owner_search how, struct error *err)
{
	if (!f->wanted.count)
		return 0;
	if (how == OWNERS_QUICK) {
		if (search_windows(f, err) < 0)
			return -1;
	} else if (scan(f, TRUST_KNOWN, limit_all, PROCESS_ALL_FDS, err) < 0 || match(f, err) < 0) {
		return -1;
	}
	/* a number that was closed and opened again is most likely in one that changed */
	if (search_is_due(f) && search_again(f, FDS_LISTED, err) < 0)
		return -1;
	if (!search_is_due(f))
		return 0;
	if (search_again(f, FDS_REMEMBERED, err) < 0)
		return -1;
	return note_missing(f, err);
}

/* Read some of the known sockets again.  1 if any was wrong, 0, or -1 with @err set. */
static int verify_process(struct owner_finder *f, struct process *p, unsigned int *budget,
			  struct error *err)
{
	struct process_job job = { .process = p, .limit = p->known_below };
	size_t i;

	for (i = 0; i < p->fds_count && *budget; i++) {
		if (!p->fds[i].inode || (p->pid == f->verify_pid && p->fds[i].fd < f->verify_fd))
			continue;
		(*budget)--;
		f->report.descriptors++;
		if (process_read_fd(f->table.root, p->pid, p->fds[i].fd) == p->fds[i].inode)
			continue;
		p->changed = true;
		if (process_table_scan(&f->table, &job, 1, TRUST_NOTHING, &f->wanted, 1,
				       &f->report.descriptors, err) < 0)
			return -1;
		return 1;
	}
	f->verify_pid = i < p->fds_count ? p->pid : p->pid + 1;
	f->verify_fd = i < p->fds_count ? p->fds[i].fd : 0;
	return 0;
}

static int verify(struct owner_finder *f, struct error *err)
{
	unsigned int budget = VERIFIED_A_PASS;
	int wrong = 0;
	size_t i;

	for (i = 0; i < f->table.count && budget; i++) {
		struct process *p = &f->table.list[i];
		int result;

		if (p->pid < f->verify_pid || p->changed)
			continue;
		result = verify_process(f, p, &budget, err);
		if (result < 0)
			return -1;
		wrong |= result;
	}
	if (budget) {
		f->verify_pid = 0; /* from the first on, next time */
		f->verify_fd = 0;
	}
	return wrong;
}

static bool is_same_question(const struct owner_finder *f, const uint64_t *inodes, size_t count,
			     enum owner_search how)
{
	return f->asked && how == f->search && count == f->asked_count &&
	       (!count || !memcmp(f->asked, inodes, count * sizeof(*inodes)));
}

static int note_question(struct owner_finder *f, const uint64_t *inodes, size_t count,
			 enum owner_search how, struct error *err)
{
	uint64_t *asked = malloc((count + 1) * sizeof(*asked));

	free(f->asked);
	f->asked = NULL; /* until the answer is there as well */
	if (!asked || inode_index_build(&f->wanted, inodes, count) < 0) {
		free(asked);
		return error_set(err, ENOMEM, "cannot look for the owners of %zu sockets", count);
	}
	if (count)
		memcpy(asked, inodes, count * sizeof(*asked));
	f->asked = asked;
	f->asked_count = count;
	f->search = how;
	return 0;
}

/* Room for a search among the processes of now; the lists of the last pass are void. */
static int prepare(struct owner_finder *f, struct error *err)
{
	free(f->jobs);
	free(f->far);
	free(f->lists);
	arena_reset(&f->arena);
	f->jobs = calloc(f->table.count + 1, sizeof(*f->jobs));
	f->far = calloc(f->table.count + 1, sizeof(*f->far));
	f->lists = calloc(f->wanted.slots + 1, sizeof(*f->lists));
	if (!f->jobs || !f->far || !f->lists)
		return error_set(err, ENOMEM, "cannot hold %zu processes and %zu sockets",
				 f->table.count, f->wanted.count);
	return 0;
}

/* All of a pass.  What was known of the answer stays where nothing changed. */
static int find(struct owner_finder *f, const uint64_t *inodes, size_t count,
		enum owner_search how, struct error *err)
{
	bool same = is_same_question(f, inodes, count, how);
	int news, wrong;

	news = process_table_refresh(&f->table, err);
	if (news < 0)
		return -1;
	wrong = verify(f, err);
	if (wrong < 0 || (!same && note_question(f, inodes, count, how, err) < 0) ||
	    prepare(f, err) < 0)
		return -1;
	if (same && !news && !wrong && !search_is_due(f))
		return 0;
	return search(f, how, err);
}

static void count_processes(struct owner_finder *f)
{
	size_t i;

	f->report.processes = f->table.count + f->table.forbidden;
	f->report.denied = f->table.forbidden;
	for (i = 0; i < f->table.count; i++)
		f->report.denied += f->table.list[i].denied;
	f->report.hidden = f->table.hidden;
	f->report.wanted = f->wanted.count;
	f->report.found = f->wanted.found;
}

int owner_finder_find(struct owner_finder *f, const uint64_t *inodes, size_t count,
		      enum owner_search how, struct error *err)
{
	f->report = (struct owner_report){ 0 };
	f->pass++;
	if (find(f, inodes, count, how, err) < 0) {
		/* half an answer must not pass for one next time */
		free(f->asked);
		f->asked = NULL;
		inode_index_clear_holders(&f->wanted);
		f->wanted.count = 0;
		return -1;
	}
	count_processes(f);
	return 0;
}

/* The chain of holders as an array. */
static const struct owner *list_make(struct owner_finder *f, size_t slot, size_t *count)
{
	uint32_t at;
	struct owner *list;

	*count = 0;
	for (at = f->wanted.heads[slot]; at; at = f->wanted.holders[at - 1].next)
		(*count)++;
	if (f->lists[slot])
		return f->lists[slot];
	list = arena_alloc(&f->arena, *count * sizeof(*list));
	if (!list)
		return NULL;
	f->lists[slot] = list;
	for (at = f->wanted.heads[slot]; at; at = f->wanted.holders[at - 1].next) {
		const struct inode_holder *h = &f->wanted.holders[at - 1];
		struct process *p = &f->table.list[h->process];

		if (!p->detailed)
			process_read_details(f->table.root, p);
		*list++ = (struct owner){
			.pid = p->pid,
			.fd = h->fd,
			.start_time = p->start_time,
			.command = p->command,
			.command_line = p->command_line,
			.uid_known = p->uid_known,
			.uid = p->uid,
		};
	}
	return f->lists[slot];
}

int owner_finder_owners(struct owner_finder *f, uint64_t inode, struct owners *out,
			struct error *err)
{
	size_t slot = inode_index_find(&f->wanted, inode);

	*out = (struct owners){ .reason = OWNER_NOT_LOOKED_UP };
	if (slot == INODE_INDEX_NONE)
		return 0;
	if (!f->wanted.heads[slot]) {
		out->reason = f->report.denied || f->report.hidden ? OWNER_NOT_PERMITTED :
								    OWNER_NOT_FOUND;
		return 0;
	}
	out->list = list_make(f, slot, &out->count);
	if (!out->list) {
		out->count = 0;
		return error_set(err, ENOMEM, "cannot hold the owners of a socket");
	}
	out->reason = OWNER_KNOWN;
	return 0;
}

const struct owner_report *owner_finder_report(const struct owner_finder *f)
{
	return &f->report;
}
