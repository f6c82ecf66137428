/* One level that was measured twice and gave surely something else: what came before it is
 * of another server, and no growth that a load explains. */
#include "diagnose_priv.h"

#define KNOWN_LEAST 3 /* levels since then, to say that nothing grows */

static const struct evidence_point *begun_at(const struct diagnose_input *in, int64_t t_us)
{
	for (int i = 0; i < in->count; i++)
		if (in->point[i]->t_us == t_us)
			return in->point[i];
	return NULL;
}

/* Where other tasks ran than at the visit before they may be why. */
static const struct scaling_change *change_of(const struct diagnose_input *in)
{
	const struct scaling_change *c = in->change;
	const struct evidence_point *before, *after;

	if (!c || !(c->level > 0))
		return NULL;
	before = begun_at(in, c->from_us);
	after = begun_at(in, c->to_us);
	return before && after && !diagnose_same_mix(in, before, after) ? NULL : c;
}

const struct scaling_change *diagnose_since_change(struct diagnose_input *in)
{
	const struct scaling_change *c = change_of(in);
	int first = 0;

	while (c && first < in->count && in->point[first]->t_us < c->to_us)
		first++;
	if (!c || first == in->count)
		return NULL;
	in->point += first;
	in->course += in->course ? first : 0;
	in->count -= first;
	return c;
}

/* Does it stand beside a server that has changed? What is seen of one load does, and so
 * does what two loads say that both came after it. */
static bool stands(const struct found *f)
{
	switch (f->what) {
	case FOUND_PART:
	case FOUND_REFUSED:
	case FOUND_OUTAGE:
	case FOUND_CLIENT:
	case FOUND_CLIENT_THEN:
	case FOUND_LIMITED:
	case FOUND_FAILED:
	case FOUND_TIMED_OUT:
	case FOUND_UNCONNECTED:
	case FOUND_CONNECTING:
	case FOUND_NEIGHBOUR:
		return true;
	case FOUND_FLAT:
		return f->known >= KNOWN_LEAST;
	case FOUND_NOTHING:
	case FOUND_RAMPS:
	case FOUND_THIN:
	case FOUND_ONE:
	case FOUND_UNSURE:
	case FOUND_FAILING:
	case FOUND_HELD:
	case FOUND_STUCK:
	case FOUND_BLURRED:
	case FOUND_TORN:
	case FOUND_UNSEEN:
	case FOUND_DRIFT:
	case FOUND_CREEP:
	case FOUND_TWICE:
	case FOUND_ONE_TASK:
	case FOUND_LONGER:
	case FOUND_QUICKER:
	case FOUND_FLAT_BELOW:
		break;
	}
	return false;
}

void diagnose_look_twice(const struct scaling_change *change, struct found *f)
{
	f->change = change;
	if (change && !stands(f))
		f->what = FOUND_TWICE;
}
