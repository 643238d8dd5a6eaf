/*
 * c-ares, loaded when the first name is to be resolved: see base/library.h.
 */
#ifndef APP_CARES_LIBRARY_H
#define APP_CARES_LIBRARY_H

#include <ares.h>

#include "base/error.h"

/* The functions that are used.  To use another one: a word here. */
#define CARES_FUNCTIONS(F)                                                                         \
	F(destroy)                                                                                 \
	F(freeaddrinfo)                                                                            \
	F(getaddrinfo)                                                                             \
	F(getnameinfo)                                                                             \
	F(init_options)                                                                            \
	F(library_cleanup)                                                                         \
	F(library_init)                                                                            \
	F(process_fd)                                                                              \
	F(strerror)                                                                                \
	F(timeout)

/* ares_destroy() is ares.destroy(), and so on. */
struct cares_functions {
#define CARES_MEMBER(name) __typeof__(ares_##name) *name;
	CARES_FUNCTIONS(CARES_MEMBER)
#undef CARES_MEMBER
};

/* NULL throughout until cares_load() has succeeded. */
extern struct cares_functions ares;

/* Load it, as library_load() does.  Before any other call; 0, or -1 with @err set. */
int cares_load(struct error *err);

#endif
