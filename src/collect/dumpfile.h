/*
 * Saved dumps: sock_diag messages in a file, as ss -D writes them.
 *
 * Such a file is what the kernel sent, message after message, each dump (one for
 * an address family) ended by an NLMSG_DONE.  ss reads up to the first of these
 * and takes all for TCP; this reads to the end of the file.  What is written here
 * is read whole by ss as well: TCP of both families up to one end mark, and behind
 * it the protocols that ss would take for TCP, marked with INET_DIAG_PROTOCOL.
 */
#ifndef COLLECT_DUMPFILE_H
#define COLLECT_DUMPFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "collect/collect.h"
#include "model/sink.h"
#include "model/sock.h"

struct dumpfile_report {
	uint64_t messages;
	uint64_t sockets;   /* pushed, or written */
	uint64_t outside;   /* left out: protocol, family or state not asked for */
	uint64_t malformed; /* messages that made no sense */
	uint64_t foreign;   /* of address families that are not read from files */
	uint64_t errors;    /* answers of the kernel that a dump failed */
};

/*
 * Push the sockets of the dump @file, called @name in messages, that @request asks
 * for (its match is not looked at).  0, or -1 with @err set when the file is no
 * dump, can't be read, or ends too early; what was pushed before stays pushed.
 * @report may be NULL.
 */
int dumpfile_read(FILE *file, const char *name, const struct collect_request *request,
		  struct sink *sink, struct dumpfile_report *report, struct error *err);

/*
 * The dump at @path ("-": standard input) as a source for a collector.  A file can be
 * read again and again, a pipe once.  0, or -1 with @err set.
 */
int dumpfile_source(struct saved_source *out, const char *path, struct error *err);

/* What is written of each socket. */
struct dumpfile_editor {
	/*
	 * May change the addresses and ports of @sk, which are then written.
	 * Nonzero leaves it out.
	 */
	int (*edit)(void *context, struct sock *sk);
	void *context;
};

/*
 * Write what the kernel answers to @request (its match is not looked at) to @file.
 * Keys of TCP MD5 signatures are left out.  @editor and @report may be NULL.  0, or
 * -1 with @err set; a write that failed is found at the latest by fclose(), which
 * is the caller's.
 */
int dumpfile_write(FILE *file, const char *name, const struct collect_request *request,
		   const struct dumpfile_editor *editor, struct dumpfile_report *report,
		   struct error *err);

#endif
