/* Loading SQLite: see sqlite.h. */
#include "config.h"

#include "store/sqlite.h"

#include "base/library.h"

struct sqlite_functions sqlite;

static const struct library_function functions[] = {
#define SQLITE_ENTRY(name) { "sqlite3_" #name, offsetof(struct sqlite_functions, name) },
	SQLITE_FUNCTIONS(SQLITE_ENTRY)
#undef SQLITE_ENTRY
};

static const struct library library = {
	.file = SQLITE_LIBRARY,
	.name = "SQLite",
	.need = "recordings need",
	.otherwise = "",
	.functions = functions,
	.count = sizeof(functions) / sizeof(functions[0]),
};

int sqlite_load(struct error *err)
{
	return library_load(&library, &sqlite, err);
}
