#include "ui/region.h"

#include <stddef.h>

void regions_clear(struct regions *regions)
{
	if (regions)
		regions->count = 0;
}

void region_cells(struct regions *regions, enum region_kind kind, int first, struct view view, int x, int y,
		  int columns, int rows, int cell_width, int cell_height)
{
	int width, height;

	if (!regions || regions->count == REGIONS_MAX || cell_width < 1 || cell_height < 1 || x < 0 || y < 0)
		return;
	width = columns * cell_width < view.width - x ? columns * cell_width : view.width - x;
	height = rows * cell_height < view.height - y ? rows * cell_height : view.height - y;
	if (width < 1 || height < 1)
		return;
	regions->region[regions->count++] = (struct region){
		.kind = kind, .x = view.x + x, .y = view.y + y, .width = width, .height = height,
		.cell_width = cell_width, .cell_height = cell_height, .columns = columns, .first = first,
	};
}

void region_note(struct regions *regions, enum region_kind kind, int what, struct view view, int x, int y, int width,
		 int height)
{
	region_cells(regions, kind, what, view, x, y, 1, 1, width, height);
}

void region_again(struct regions *regions, const struct region *region)
{
	if (regions && region->width > 0 && regions->count < REGIONS_MAX)
		regions->region[regions->count++] = *region;
}

struct region_hit region_at(const struct regions *regions, int x, int y, unsigned kinds)
{
	for (int i = regions ? regions->count - 1 : -1; i >= 0; i--) {
		const struct region *r = &regions->region[i];

		if (!(r->kind & kinds) || x < r->x || y < r->y || x >= r->x + r->width || y >= r->y + r->height)
			continue;
		return (struct region_hit){
			.region = r,
			.what = r->first + (y - r->y) / r->cell_height * r->columns + (x - r->x) / r->cell_width,
		};
	}
	return (struct region_hit){.region = NULL};
}
