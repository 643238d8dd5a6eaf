/* Loading c-ares: see cares_library.h. */
#include "config.h"

#include "app/cares_library.h"

#include "base/library.h"

struct cares_functions ares;

static const struct library_function functions[] = {
#define CARES_ENTRY(name) { "ares_" #name, offsetof(struct cares_functions, name) },
	CARES_FUNCTIONS(CARES_ENTRY)
#undef CARES_ENTRY
};

static const struct library library = {
	.file = CARES_LIBRARY,
	.name = "c-ares",
	.need = "names of hosts need",
	.otherwise = "",
	.functions = functions,
	.count = sizeof(functions) / sizeof(functions[0]),
};

int cares_load(struct error *err)
{
	return library_load(&library, &ares, err);
}
