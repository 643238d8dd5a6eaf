/*
 * Facts about a socket beyond those that every answer of the kernel carries.
 *
 * A column says which facts it needs (query/columns.c), a request says which to
 * deliver (collect/collect.h): so that nobody pays for what nobody looks at.
 */
#ifndef MODEL_FACTS_H
#define MODEL_FACTS_H

enum fact {
	FACT_TCP = 1 << 0,	  /* tcp_info: a dump costs 27 to 38 % more */
	FACT_MEMORY = 1 << 1,	  /* skmeminfo */
	FACT_CONGESTION = 1 << 2, /* name of the congestion control */
	FACT_TOS = 1 << 3,	  /* tos, tclass, class id */
	FACT_MARK = 1 << 4,	  /* needs CAP_NET_ADMIN, which is kept only for this */
	FACT_OWNERS = 1 << 5,	  /* processes, by a walk over /proc */
	FACT_CGROUP_PATH = 1 << 6, /* cgroup id to path, unit, container */
	FACT_TRACK = 1 << 7,	  /* what only a series of polls knows */
	FACT_HOST_NAMES = 1 << 8, /* addresses resolved */
	FACT_USER_NAMES = 1 << 9, /* uid to login name */
	FACT_NETNS = 1 << 10,	  /* name of the network namespace */
	FACT_LISTENERS = 1 << 11, /* the listener that a connection came through */
	FACT_LIMITS = 1 << 12,	  /* what holds transfers back: takes two polls */
};

/* Those that come from the socket dump itself. */
#define FACTS_OF_DUMP (FACT_TCP | FACT_MEMORY | FACT_CONGESTION | FACT_TOS | FACT_MARK)

#endif
