/* Arrays that grow: see array.h. */
#include "config.h"

#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>

void *array_room(void *list, size_t *room, size_t index, size_t least, size_t size)
{
	size_t wanted = *room ? *room : least;

	if (index < *room)
		return list;
	while (wanted <= index) {
		if (wanted > SIZE_MAX / 2)
			return NULL;
		wanted *= 2;
	}
	if (wanted > SIZE_MAX / size)
		return NULL;
	list = realloc(list, wanted * size);
	if (list)
		*room = wanted;
	return list;
}
