/* Random erasing (Zhong et al. 2020, arXiv 1708.04896) with torchvision's numbers: 2 to 33 % of the
 * area, aspect 0.3 to 3.3, filled with 0, the mean of the set. */
#include "policies.h"

#include <math.h>
#include <string.h>

void random_erasing(double probability, struct rng *rng, int side, float *image)
{
    if (rng_uniform(rng) >= probability)
        return;
    for (int attempt = 0; attempt < 10; attempt++) {
        double area = (double)side * side * rng_between(rng, 0.02, 0.33);
        double aspect = exp(rng_between(rng, log(0.3), log(3.3)));
        int height = (int)lround(sqrt(area * aspect)), width = (int)lround(sqrt(area / aspect));
        int x, y;

        if (height >= side || width >= side)
            continue;
        y = (int)rng_below(rng, (uint64_t)(side - height + 1));
        x = (int)rng_below(rng, (uint64_t)(side - width + 1));
        for (int row = y; row < y + height; row++)
            memset(image + ((size_t)row * (size_t)side + (size_t)x) * 3, 0,
                (size_t)width * 3 * sizeof(*image));
        return;
    }
}
