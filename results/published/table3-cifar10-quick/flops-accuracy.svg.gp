# Drawn by scalestudy; `gnuplot flops-accuracy.svg.gp` in this folder draws it again.
reset
set encoding utf8
font = 'DejaVu Sans&#44;Verdana&#44;sans-serif'
bold = 'DejaVu Sans&#44;Verdana&#44;sans-serif Bold'
data = './'.'flops-accuracy.svg.dat'
set terminal svg fixed noenhanced font font.',12' background rgb '#ffffff' linewidth 1 size 1100,738 name 'flops_accuracy'
set output (ARGC > 0 ? ARG1 : './'.'flops-accuracy.svg')

# Methods: line style N, with the halo behind its markers as 100 + N.
set style line 1 lc rgb '#222222' lw 2 pt 7 ps 1.00 # baseline
set style line 101 lc rgb '#ffffff' lw 2 pt 7 ps 1.40
set style line 2 lc rgb '#0072b2' lw 2 pt 5 ps 0.95 # width
set style line 102 lc rgb '#ffffff' lw 2 pt 5 ps 1.33
set style line 3 lc rgb '#d55e00' lw 2 pt 9 ps 1.15 # depth
set style line 103 lc rgb '#ffffff' lw 2 pt 9 ps 1.61
set style line 4 lc rgb '#009e73' lw 2 pt 13 ps 1.05 # resolution
set style line 104 lc rgb '#ffffff' lw 2 pt 13 ps 1.47
set style line 5 lc rgb '#cc79a7' lw 2 pt 11 ps 1.15 # compound
set style line 105 lc rgb '#ffffff' lw 2 pt 11 ps 1.61
set style line 6 lc rgb '#56b4e9' lw 2 pt 15 ps 1.10 # dwr
set style line 106 lc rgb '#ffffff' lw 2 pt 15 ps 1.54
set style line 7 lc rgb '#8a8a8a' lw 2 pt 3 ps 1.00 # any other
set style line 107 lc rgb '#ffffff' lw 2 pt 3 ps 1.40

set tics nomirror out scale 0.5 font font.',11' textcolor rgb '#59636e'
unset key
set datafile missing 'NaN'
set multiplot
set label 'Accuracy against FLOPs: table3-cifar10-quick' at screen 0.01818,0.95935 left font bold.',17' textcolor rgb '#1f2328' front
set label '' at screen 0.02818,0.91870 point ls 1 front
set label 'baseline' at screen 0.04455,0.91870 left font font.',12' textcolor rgb '#1f2328' front
set arrow from screen 0.10479,0.91870 to screen 0.12479,0.91870 nohead ls 2
set label '' at screen 0.11479,0.91870 point ls 2 front
set label 'width' at screen 0.13115,0.91870 left font font.',12' textcolor rgb '#1f2328' front
set arrow from screen 0.17577,0.91870 to screen 0.19577,0.91870 nohead ls 3
set label '' at screen 0.18577,0.91870 point ls 3 front
set label 'depth' at screen 0.20214,0.91870 left font font.',12' textcolor rgb '#1f2328' front
set arrow from screen 0.24844,0.91870 to screen 0.26844,0.91870 nohead ls 4
set label '' at screen 0.25844,0.91870 point ls 4 front
set label 'resolution' at screen 0.27480,0.91870 left font font.',12' textcolor rgb '#1f2328' front
set arrow from screen 0.34375,0.91870 to screen 0.36375,0.91870 nohead ls 5
set label '' at screen 0.35375,0.91870 point ls 5 front
set label 'compound' at screen 0.37012,0.91870 left font font.',12' textcolor rgb '#1f2328' front
set arrow from screen 0.44233,0.91870 to screen 0.46233,0.91870 nohead lc rgb '#8c959f' lw 1.2 dt (6,4)
set label 'Pareto front' at screen 0.46869,0.91870 left font font.',12' textcolor rgb '#1f2328' front
set label 'Measured here: mean of 3 seeds; bars are 95 % intervals' at screen 0.01818,0.87534 left font bold.',13' textcolor rgb '#1f2328' front
set label 'Top-1 accuracy (%)' at screen 0.01818,0.68428 center rotate by 90 font font.',11' textcolor rgb '#59636e' front
set label 'In the paper, on ImageNet: Tan & Le (2019), Table 3' at screen 0.01818,0.44715 left font bold.',13' textcolor rgb '#1f2328' front
set label 'Top-1 accuracy (%)' at screen 0.01818,0.25610 center rotate by 90 font font.',11' textcolor rgb '#59636e' front
set label 'FLOPs (multiply-adds, as the paper counts)' at screen 0.01818,0.02575 left font font.',11' textcolor rgb '#59636e' front
set label 'MobileNetV1, 32 px' at screen 0.06909,0.84282 left font font.',13' textcolor rgb '#1f2328' front
set label 'FLOPs (multiply-adds)' at screen 0.20364,0.50407 center font font.',11' textcolor rgb '#59636e' front
set label 'MobileNetV1, 224 px' at screen 0.06909,0.41463 left font font.',13' textcolor rgb '#1f2328' front
set label 'FLOPs (multiply-adds)' at screen 0.20364,0.07588 center font font.',11' textcolor rgb '#59636e' front
set label 'MobileNetV2, 32 px' at screen 0.39091,0.84282 left font font.',13' textcolor rgb '#1f2328' front
set label 'FLOPs (multiply-adds)' at screen 0.52545,0.50407 center font font.',11' textcolor rgb '#59636e' front
set label 'MobileNetV2, 224 px' at screen 0.39091,0.41463 left font font.',13' textcolor rgb '#1f2328' front
set label 'FLOPs (multiply-adds)' at screen 0.52545,0.07588 center font font.',11' textcolor rgb '#59636e' front
set label 'ResNet-50, 32 px' at screen 0.71273,0.84282 left font font.',13' textcolor rgb '#1f2328' front
set label 'FLOPs (multiply-adds)' at screen 0.84727,0.50407 center font font.',11' textcolor rgb '#59636e' front
set label 'ResNet-50, 224 px' at screen 0.71273,0.41463 left font font.',13' textcolor rgb '#1f2328' front
set label 'FLOPs (multiply-adds)' at screen 0.84727,0.07588 center font font.',11' textcolor rgb '#59636e' front

# MobileNetV1, 32 px
set lmargin at screen 0.06909; set rmargin at screen 0.33818; set bmargin at screen 0.54201; set tmargin at screen 0.82656
set border 3 lc rgb '#8c959f' lw 1; set grid ytics lt 1 lc rgb '#e3e7eb' lw 1
set logscale x
set xrange [2765828.058:33759708.47]; set yrange [41.09630933:68.89012455]
set xtics ('3M' 3000000, '5M' 5000000, '10M' 10000000, '20M' 20000000, '30M' 30000000) offset 0,0.3
set ytics ('45' 45, '50' 50, '55' 55, '60' 60, '65' 65)
set arrow from screen 0.10591,0.63266 to screen 0.09423,0.65007 nohead lc rgb '#8c959f' lw 1 back
set label 'baseline' at screen 0.12685,0.62409 center font font.',11' textcolor rgb '#222222' front
set label 'w=2' at screen 0.20832,0.76364 center font font.',11' textcolor rgb '#00639b' front
set label 'r=2' at screen 0.25619,0.73469 center font font.',11' textcolor rgb '#007354' front
set label 'compound' at screen 0.30039,0.60791 center font font.',11' textcolor rgb '#a1457a' front
plot data index 4 using 1:2 with lines ls 7 lc rgb '#8c959f' lw 1.2 dt (6,4), \
    data index 1 using 1:2 with lines ls 2, \
    data index 2 using 1:2 with lines ls 4, \
    data index 3 using 1:2 with lines ls 5, \
    data index 0 using 1:2:3:4 with yerrorbars ls 1 lw 1.2, \
    data index 1 every ::1 using 1:2:3:4 with yerrorbars ls 2 lw 1.2, \
    data index 2 every ::1 using 1:2:3:4 with yerrorbars ls 4 lw 1.2, \
    data index 3 every ::1 using 1:2:3:4 with yerrorbars ls 5 lw 1.2, \
    data index 3 every ::1 using 1:2 with points ls 105, \
    data index 2 every ::1 using 1:2 with points ls 104, \
    data index 1 every ::1 using 1:2 with points ls 102, \
    data index 0 using 1:2 with points ls 101, \
    data index 3 every ::1 using 1:2 with points ls 5, \
    data index 2 every ::1 using 1:2 with points ls 4, \
    data index 1 every ::1 using 1:2 with points ls 2, \
    data index 0 using 1:2 with points ls 1
unset label; unset arrow

# MobileNetV1, 224 px
set lmargin at screen 0.06909; set rmargin at screen 0.33818; set bmargin at screen 0.11382; set tmargin at screen 0.39837
set border 3 lc rgb '#8c959f' lw 1; set grid ytics lt 1 lc rgb '#e3e7eb' lw 1
set logscale x
set xrange [515136852.6:4008655509]; set yrange [69.6625:76.225]
set xtics ('1B' 1000000000, '2B' 2000000000, '3B' 3000000000) offset 0,0.3
set ytics ('70' 70, '71' 71, '72' 72, '73' 73, '74' 74, '75' 75, '76' 76)
set label 'baseline' at screen 0.11867,0.14559 center font font.',11' textcolor rgb '#222222' front
set label 'w=2' at screen 0.27959,0.31057 center font font.',11' textcolor rgb '#00639b' front
set label 'r=2' at screen 0.27755,0.24553 center font font.',11' textcolor rgb '#007354' front
set label 'compound' at screen 0.30039,0.37127 center font font.',11' textcolor rgb '#a1457a' front
plot data index 9 using 1:2 with lines ls 7 lc rgb '#8c959f' lw 1.2 dt (6,4), \
    data index 6 using 1:2 with lines ls 2, \
    data index 7 using 1:2 with lines ls 4, \
    data index 8 using 1:2 with lines ls 5, \
    data index 8 every ::1 using 1:2 with points ls 105, \
    data index 7 every ::1 using 1:2 with points ls 104, \
    data index 6 every ::1 using 1:2 with points ls 102, \
    data index 5 using 1:2 with points ls 101, \
    data index 8 every ::1 using 1:2 with points ls 5, \
    data index 7 every ::1 using 1:2 with points ls 4, \
    data index 6 every ::1 using 1:2 with points ls 2, \
    data index 5 using 1:2 with points ls 1
unset label; unset arrow

# MobileNetV2, 32 px
set lmargin at screen 0.39091; set rmargin at screen 0.66000; set bmargin at screen 0.54201; set tmargin at screen 0.82656
set border 3 lc rgb '#8c959f' lw 1; set grid ytics lt 1 lc rgb '#e3e7eb' lw 1
set logscale x
set xrange [2361675.688:46061956.35]; set yrange [51.69712638:70.12063693]
set xtics ('3M' 3000000, '5M' 5000000, '10M' 10000000, '20M' 20000000, '30M' 30000000) offset 0,0.3
set ytics ('55' 55, '60' 60, '65' 65, '70' 70)
set label 'baseline' at screen 0.44049,0.65163 center font font.',11' textcolor rgb '#222222' front
set label 'w=2' at screen 0.50411,0.74935 center font font.',11' textcolor rgb '#00639b' front
set label 'd=4' at screen 0.53691,0.65506 center font font.',11' textcolor rgb '#b04e00' front
set label 'r=2' at screen 0.55425,0.73807 center font font.',11' textcolor rgb '#007354' front
set label 'compound' at screen 0.62221,0.77398 center font font.',11' textcolor rgb '#a1457a' front
plot data index 15 using 1:2 with lines ls 7 lc rgb '#8c959f' lw 1.2 dt (6,4), \
    data index 11 using 1:2 with lines ls 2, \
    data index 12 using 1:2 with lines ls 3, \
    data index 13 using 1:2 with lines ls 4, \
    data index 14 using 1:2 with lines ls 5, \
    data index 10 using 1:2:3:4 with yerrorbars ls 1 lw 1.2, \
    data index 11 every ::1 using 1:2:3:4 with yerrorbars ls 2 lw 1.2, \
    data index 12 every ::1 using 1:2:3:4 with yerrorbars ls 3 lw 1.2, \
    data index 13 every ::1 using 1:2:3:4 with yerrorbars ls 4 lw 1.2, \
    data index 14 every ::1 using 1:2:3:4 with yerrorbars ls 5 lw 1.2, \
    data index 14 every ::1 using 1:2 with points ls 105, \
    data index 13 every ::1 using 1:2 with points ls 104, \
    data index 12 every ::1 using 1:2 with points ls 103, \
    data index 11 every ::1 using 1:2 with points ls 102, \
    data index 10 using 1:2 with points ls 101, \
    data index 14 every ::1 using 1:2 with points ls 5, \
    data index 13 every ::1 using 1:2 with points ls 4, \
    data index 12 every ::1 using 1:2 with points ls 3, \
    data index 11 every ::1 using 1:2 with points ls 2, \
    data index 10 using 1:2 with points ls 1
unset label; unset arrow

# MobileNetV2, 224 px
set lmargin at screen 0.39091; set rmargin at screen 0.66000; set bmargin at screen 0.11382; set tmargin at screen 0.39837
set border 3 lc rgb '#8c959f' lw 1; set grid ytics lt 1 lc rgb '#e3e7eb' lw 1
set logscale x
set xrange [254009480.4:2383569407]; set yrange [70.9875:78.075]
set xtics ('300M' 300000000, '500M' 500000000, '1B' 1000000000, '2B' 2000000000) offset 0,0.3
set ytics ('72' 72, '74' 74, '76' 76, '78' 78)
set label 'baseline' at screen 0.44049,0.14559 center font font.',11' textcolor rgb '#222222' front
set label 'w=2' at screen 0.58716,0.32224 center font font.',11' textcolor rgb '#00639b' front
set label 'd=4' at screen 0.59670,0.34718 center font font.',11' textcolor rgb '#b04e00' front
set label 'r=2' at screen 0.59558,0.26689 center font font.',11' textcolor rgb '#007354' front
set label 'compound' at screen 0.62221,0.37127 center font font.',11' textcolor rgb '#a1457a' front
plot data index 21 using 1:2 with lines ls 7 lc rgb '#8c959f' lw 1.2 dt (6,4), \
    data index 17 using 1:2 with lines ls 2, \
    data index 18 using 1:2 with lines ls 3, \
    data index 19 using 1:2 with lines ls 4, \
    data index 20 using 1:2 with lines ls 5, \
    data index 20 every ::1 using 1:2 with points ls 105, \
    data index 19 every ::1 using 1:2 with points ls 104, \
    data index 18 every ::1 using 1:2 with points ls 103, \
    data index 17 every ::1 using 1:2 with points ls 102, \
    data index 16 using 1:2 with points ls 101, \
    data index 20 every ::1 using 1:2 with points ls 5, \
    data index 19 every ::1 using 1:2 with points ls 4, \
    data index 18 every ::1 using 1:2 with points ls 3, \
    data index 17 every ::1 using 1:2 with points ls 2, \
    data index 16 using 1:2 with points ls 1
unset label; unset arrow

# ResNet-50, 32 px
set lmargin at screen 0.71273; set rmargin at screen 0.98182; set bmargin at screen 0.54201; set tmargin at screen 0.82656
set border 3 lc rgb '#8c959f' lw 1; set grid ytics lt 1 lc rgb '#e3e7eb' lw 1
set logscale x
set xrange [4651912.068:66673809.73]; set yrange [59.02789566:72.42848075]
set xtics ('5M' 5000000, '10M' 10000000, '20M' 20000000, '30M' 30000000, '50M' 50000000) offset 0,0.3
set ytics ('60' 60, '62' 62, '64' 64, '66' 66, '68' 68, '70' 70, '72' 72)
set label 'baseline' at screen 0.76231,0.59446 center font font.',11' textcolor rgb '#222222' front
set label 'w=2' at screen 0.88737,0.65325 center font font.',11' textcolor rgb '#00639b' front
set label 'd=4' at screen 0.83597,0.66372 center font font.',11' textcolor rgb '#b04e00' front
set label 'r=2' at screen 0.89083,0.71055 center font font.',11' textcolor rgb '#007354' front
set label 'compound' at screen 0.94402,0.75588 center font font.',11' textcolor rgb '#a1457a' front
plot data index 27 using 1:2 with lines ls 7 lc rgb '#8c959f' lw 1.2 dt (6,4), \
    data index 23 using 1:2 with lines ls 2, \
    data index 24 using 1:2 with lines ls 3, \
    data index 25 using 1:2 with lines ls 4, \
    data index 26 using 1:2 with lines ls 5, \
    data index 22 using 1:2:3:4 with yerrorbars ls 1 lw 1.2, \
    data index 23 every ::1 using 1:2:3:4 with yerrorbars ls 2 lw 1.2, \
    data index 24 every ::1 using 1:2:3:4 with yerrorbars ls 3 lw 1.2, \
    data index 25 every ::1 using 1:2:3:4 with yerrorbars ls 4 lw 1.2, \
    data index 26 every ::1 using 1:2:3:4 with yerrorbars ls 5 lw 1.2, \
    data index 26 every ::1 using 1:2 with points ls 105, \
    data index 25 every ::1 using 1:2 with points ls 104, \
    data index 24 every ::1 using 1:2 with points ls 103, \
    data index 23 every ::1 using 1:2 with points ls 102, \
    data index 22 using 1:2 with points ls 101, \
    data index 26 every ::1 using 1:2 with points ls 5, \
    data index 25 every ::1 using 1:2 with points ls 4, \
    data index 24 every ::1 using 1:2 with points ls 3, \
    data index 23 every ::1 using 1:2 with points ls 2, \
    data index 22 using 1:2 with points ls 1
unset label; unset arrow

# ResNet-50, 224 px
set lmargin at screen 0.71273; set rmargin at screen 0.98182; set bmargin at screen 0.11382; set tmargin at screen 0.39837
set border 3 lc rgb '#8c959f' lw 1; set grid ytics lt 1 lc rgb '#e3e7eb' lw 1
set logscale x
set xrange [3495941426:2.98458445e+10]; set yrange [75.475:79.15]
set xtics ('5B' 5000000000, '10B' 1e+10, '20B' 2e+10) offset 0,0.3
set ytics ('76' 76, '77' 77, '78' 78, '79' 79)
set label 'baseline' at screen 0.76231,0.14559 center font font.',11' textcolor rgb '#222222' front
set arrow from screen 0.91795,0.28610 to screen 0.90022,0.28610 nohead lc rgb '#8c959f' lw 1 back
set label 'w=2' at screen 0.92941,0.28610 center font font.',11' textcolor rgb '#00639b' front
set label 'd=4' at screen 0.92433,0.31707 center font font.',11' textcolor rgb '#b04e00' front
set label 'r=2' at screen 0.92474,0.26173 center font font.',11' textcolor rgb '#007354' front
set label 'compound' at screen 0.94402,0.37127 center font font.',11' textcolor rgb '#a1457a' front
plot data index 33 using 1:2 with lines ls 7 lc rgb '#8c959f' lw 1.2 dt (6,4), \
    data index 29 using 1:2 with lines ls 2, \
    data index 30 using 1:2 with lines ls 3, \
    data index 31 using 1:2 with lines ls 4, \
    data index 32 using 1:2 with lines ls 5, \
    data index 32 every ::1 using 1:2 with points ls 105, \
    data index 31 every ::1 using 1:2 with points ls 104, \
    data index 30 every ::1 using 1:2 with points ls 103, \
    data index 29 every ::1 using 1:2 with points ls 102, \
    data index 28 using 1:2 with points ls 101, \
    data index 32 every ::1 using 1:2 with points ls 5, \
    data index 31 every ::1 using 1:2 with points ls 4, \
    data index 30 every ::1 using 1:2 with points ls 3, \
    data index 29 every ::1 using 1:2 with points ls 2, \
    data index 28 using 1:2 with points ls 1
unset label; unset arrow

unset multiplot
unset output
