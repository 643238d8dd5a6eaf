/*
 * Shared libraries that are loaded when they are first needed.
 *
 * Most runs need none of them.  A library that is linked is mapped and relocated at every
 * start, with all that it brings: time, and memory that the listing has better uses for.
 *
 * To add one: its file name by CONNSTATE_LIBRARY in configure.ac, a list of its functions
 * and a struct of pointers to them, as in store/sqlite.h, and a struct library.
 */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stddef.h>

#include "base/error.h"

/* A function, and where in the struct its address goes. */
struct library_function {
	const char *name;
	size_t offset;
};

struct library {
	const char *file; /* as the loader finds it: "libz.so.1" */
	const char *name; /* as people call it */
	const char *need; /* what can't be done without it, and a verb: "recordings need" */
	const char *otherwise; /* what to do instead of installing it: ", or try ...", or "" */
	const struct library_function *functions;
	size_t count;
};

/*
 * Load @l, once, and fill the struct of function pointers @into; it stays.  Before any
 * other call, by one thread.  0, or -1 with @err set and @into untouched: the library is
 * not installed, or lacks a function.
 */
int library_load(const struct library *l, void *into, struct error *err);

#endif
