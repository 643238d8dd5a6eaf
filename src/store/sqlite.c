/* Loading SQLite: see sqlite.h. */
#include "config.h"

#include "store/sqlite.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct sqlite_functions sqlite;

static const struct {
	const char *name;
	size_t offset;
} functions[] = {
#define SQLITE_ENTRY(name) { "sqlite3_" #name, offsetof(struct sqlite_functions, name) },
	SQLITE_FUNCTIONS(SQLITE_ENTRY)
#undef SQLITE_ENTRY
};

int sqlite_load(struct error *err)
{
	struct sqlite_functions found;
	void *library;

	if (sqlite.open_v2)
		return 0;
	library = dlopen(SQLITE_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return error_set(err, 0, "recordings need SQLite, which cannot be loaded: %s: "
				 "install the package of that library", dlerror());
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		void *function = dlsym(library, functions[i].name);

		if (!function) {
			error_set(err, 0, "recordings need a newer SQLite: %s", dlerror());
			dlclose(library);
			return -1;
		}
		/* ISO C has no cast from an object's address to a function's */
		memcpy((char *)&found + functions[i].offset, &function, sizeof(function));
	}
	sqlite = found;
	return 0;
}
