/*
 * SQLite, loaded when the first recording is opened: see base/library.h.
 */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <sqlite3.h>

#include "base/error.h"

/* The functions that are used.  To use another one: a word here. */
#define SQLITE_FUNCTIONS(F)                                                                        \
	F(bind_int)                                                                                \
	F(bind_int64)                                                                              \
	F(bind_null)                                                                               \
	F(bind_parameter_count)                                                                    \
	F(bind_text)                                                                               \
	F(busy_timeout)                                                                            \
	F(close)                                                                                   \
	F(column_int)                                                                              \
	F(column_int64)                                                                            \
	F(column_text)                                                                             \
	F(column_type)                                                                             \
	F(create_module)                                                                           \
	F(db_config)                                                                               \
	F(declare_vtab)                                                                            \
	F(errcode)                                                                                 \
	F(errmsg)                                                                                  \
	F(exec)                                                                                    \
	F(finalize)                                                                                \
	F(free)                                                                                    \
	F(get_autocommit)                                                                          \
	F(last_insert_rowid)                                                                       \
	F(malloc)                                                                                  \
	F(open_v2)                                                                                 \
	F(prepare_v2)                                                                              \
	F(prepare_v3)                                                                              \
	F(reset)                                                                                   \
	F(result_int64)                                                                            \
	F(snprintf)                                                                                \
	F(step)                                                                                    \
	F(system_errno)

/* sqlite3_step() is sqlite.step(), and so on. */
struct sqlite_functions {
#define SQLITE_MEMBER(name) __typeof__(sqlite3_##name) *name;
	SQLITE_FUNCTIONS(SQLITE_MEMBER)
#undef SQLITE_MEMBER
};

/* NULL throughout until sqlite_load() has succeeded. */
extern struct sqlite_functions sqlite;

/* Load it, as library_load() does.  Before any other call; 0, or -1 with @err set. */
int sqlite_load(struct error *err);

#endif
