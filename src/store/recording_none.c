/* Recordings where there is no SQLite to read them: see recording.h. */
#include "config.h"

#include "store/recording.h"

static int refuse(struct error *err)
{
	return error_set(err, 0, "this connstate was built without SQLite: it can't read "
			 "recordings");
}

struct recording *recording_open(const char *path, struct error *err)
{
	(void)path;
	refuse(err);
	return NULL;
}

void recording_close(struct recording *r)
{
	(void)r;
}

const struct recording_info *recording_info(const struct recording *r)
{
	(void)r;
	return NULL;
}

int recording_poll_before(struct recording *r, uint64_t time_ms, struct recorded_poll *out,
			  struct error *err)
{
	(void)r, (void)time_ms, (void)out;
	return refuse(err);
}

int recording_poll_after(struct recording *r, uint64_t time_ms, struct recorded_poll *out,
			 struct error *err)
{
	(void)r, (void)time_ms, (void)out;
	return refuse(err);
}

int recording_sockets(struct recording *r, uint64_t time_ms, recorded_sock_function *take,
		      void *context, struct error *err)
{
	(void)r, (void)time_ms, (void)take, (void)context;
	return refuse(err);
}

int recording_dwells(struct recording *r, uint64_t since_ms, uint64_t until_ms,
		     recorded_sock_function *take, void *context, struct error *err)
{
	(void)r, (void)since_ms, (void)until_ms, (void)take, (void)context;
	return refuse(err);
}

int recording_counts(struct recording *r, uint64_t since_ms, uint64_t until_ms,
		     int (*take)(void *context, const struct recorded_counts *counts),
		     void *context, struct error *err)
{
	(void)r, (void)since_ms, (void)until_ms, (void)take, (void)context;
	return refuse(err);
}

int recording_findings(struct recording *r, uint64_t time_ms,
		       int (*take)(void *context, const struct recorded_finding *finding),
		       void *context, struct error *err)
{
	(void)r, (void)time_ms, (void)take, (void)context;
	return refuse(err);
}

int recording_next_finding(struct recording *r, uint64_t time_ms, uint64_t *out,
			   struct error *err)
{
	(void)r, (void)time_ms, (void)out;
	return refuse(err);
}

int recording_gaps(struct recording *r, uint64_t since_ms, uint64_t until_ms,
		   int (*take)(void *context, const struct recorded_gap *gap), void *context,
		   struct error *err)
{
	(void)r, (void)since_ms, (void)until_ms, (void)take, (void)context;
	return refuse(err);
}

int recording_finding_before(struct recording *r, uint64_t time_ms, uint64_t *out,
			     struct error *err)
{
	(void)r, (void)time_ms, (void)out;
	return refuse(err);
}

int recording_ends(struct recording *r, uint64_t since_ms, uint64_t until_ms,
		   int (*take)(void *context, const struct recorded_end *end), void *context,
		   struct error *err)
{
	(void)r, (void)since_ms, (void)until_ms, (void)take, (void)context;
	return refuse(err);
}

int recording_life(struct recording *r, uint64_t id,
		   int (*take)(void *context, const struct recorded_stay *stay), void *context,
		   struct error *err)
{
	(void)r, (void)id, (void)take, (void)context;
	return refuse(err);
}
