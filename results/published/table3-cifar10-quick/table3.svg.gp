# Drawn by scalestudy; `gnuplot table3.svg.gp` in this folder draws it again.
reset
set encoding utf8
font = 'DejaVu Sans&#44;Verdana&#44;sans-serif'
bold = 'DejaVu Sans&#44;Verdana&#44;sans-serif Bold'
data = './'.'table3.svg.dat'
set terminal svg fixed noenhanced font font.',12' background rgb '#ffffff' linewidth 1 size 1057,532 name 'table3'
set output (ARGC > 0 ? ARG1 : './'.'table3.svg')

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
set label 'What each scaling gains over its baseline: table3-cifar10-quick' at screen 0.01892,0.94365 left font bold.',17' textcolor rgb '#1f2328' front
set label '' at screen 0.02932,0.88730 point ls 1 front
set label 'baseline' at screen 0.04635,0.88730 left font font.',12' textcolor rgb '#1f2328' front
set arrow from screen 0.10904,0.88730 to screen 0.12985,0.88730 nohead ls 2
set label '' at screen 0.11945,0.88730 point ls 2 front
set label 'width' at screen 0.13647,0.88730 left font font.',12' textcolor rgb '#1f2328' front
set arrow from screen 0.18290,0.88730 to screen 0.20372,0.88730 nohead ls 3
set label '' at screen 0.19331,0.88730 point ls 3 front
set label 'depth' at screen 0.21034,0.88730 left font font.',12' textcolor rgb '#1f2328' front
set arrow from screen 0.25852,0.88730 to screen 0.27933,0.88730 nohead ls 4
set label '' at screen 0.26892,0.88730 point ls 4 front
set label 'resolution' at screen 0.28595,0.88730 left font font.',12' textcolor rgb '#1f2328' front
set arrow from screen 0.35770,0.88730 to screen 0.37851,0.88730 nohead ls 5
set label '' at screen 0.36810,0.88730 point ls 5 front
set label 'compound' at screen 0.38513,0.88730 left font font.',12' textcolor rgb '#1f2328' front
set label 'Measured here: mean of 3 seeds; bars are 95 % intervals. Numbers are gains in points: compare gains, as data and networks'."'".' sizes differ.' at screen 0.01892,0.03569 left font font.',11' textcolor rgb '#59636e' front
set label 'Measured here' at screen 0.17743,0.82720 left font font.',13' textcolor rgb '#1f2328' front
set label 'Top-1 accuracy (%)' at screen 0.33824,0.10518 center font font.',11' textcolor rgb '#59636e' front
set label 'In the paper, on ImageNet (Tables 3 and 7)' at screen 0.65945,0.82720 left font font.',13' textcolor rgb '#1f2328' front
set label 'Top-1 accuracy (%)' at screen 0.82027,0.10518 center font font.',11' textcolor rgb '#59636e' front

# Measured here
set lmargin at screen 0.17743; set rmargin at screen 0.49905; set bmargin at screen 0.15778; set tmargin at screen 0.80466
set border 3 lc rgb '#8c959f' lw 1; set grid ytics lt 1 lc rgb '#e3e7eb' lw 1
unset logscale x
set xrange [42.93579082:75.87040924]; set yrange [11.5:0.5]
set xtics ('45' 45, '50' 50, '55' 55, '60' 60, '65' 65, '70' 70, '75' 75) offset 0,0.3
unset ytics
set label 'MobileNetV1 w=2' at screen 0.16986,0.77525 right font font.',11' textcolor rgb '#1f2328' front
set label 'MobileNetV1 r=2' at screen 0.16986,0.71645 right font font.',11' textcolor rgb '#1f2328' front
set label 'MobileNetV1 compound' at screen 0.16986,0.65764 right font font.',11' textcolor rgb '#1f2328' front
set label 'MobileNetV2 w=2' at screen 0.16986,0.59883 right font font.',11' textcolor rgb '#1f2328' front
set label 'MobileNetV2 d=4' at screen 0.16986,0.54002 right font font.',11' textcolor rgb '#1f2328' front
set label 'MobileNetV2 r=2' at screen 0.16986,0.48122 right font font.',11' textcolor rgb '#1f2328' front
set label 'MobileNetV2 compound' at screen 0.16986,0.42241 right font font.',11' textcolor rgb '#1f2328' front
set label 'ResNet-50 w=2' at screen 0.16986,0.36360 right font font.',11' textcolor rgb '#1f2328' front
set label 'ResNet-50 d=4' at screen 0.16986,0.30479 right font font.',11' textcolor rgb '#1f2328' front
set label 'ResNet-50 r=2' at screen 0.16986,0.24599 right font font.',11' textcolor rgb '#1f2328' front
set label 'ResNet-50 compound' at screen 0.16986,0.18718 right font font.',11' textcolor rgb '#1f2328' front
set label '+8.2' at screen 0.35042,0.74553 center font font.',11' textcolor rgb '#00639b' front
set label '+7.5' at screen 0.34326,0.68672 center font font.',11' textcolor rgb '#007354' front
set label '-4.9' at screen 0.22232,0.68736 center font font.',11' textcolor rgb '#a1457a' front
set label '+3.5' at screen 0.38053,0.62856 center font font.',11' textcolor rgb '#00639b' front
set label '-1.2' at screen 0.33447,0.56975 center font font.',11' textcolor rgb '#b04e00' front
set label '+4.8' at screen 0.39257,0.51094 center font font.',11' textcolor rgb '#007354' front
set label '+6.5' at screen 0.40966,0.45213 center font font.',11' textcolor rgb '#a1457a' front
set label '+2.4' at screen 0.38574,0.39333 center font font.',11' textcolor rgb '#00639b' front
set label '+1.8' at screen 0.38069,0.33452 center font font.',11' textcolor rgb '#b04e00' front
set label '+5.5' at screen 0.41617,0.27571 center font font.',11' textcolor rgb '#007354' front
set label '+7.2' at screen 0.43294,0.21690 center font font.',11' textcolor rgb '#a1457a' front
plot data index 0 using 1:2 with lines ls 2, \
    data index 2 using 1:2 with lines ls 4, \
    data index 4 using 1:2 with lines ls 5, \
    data index 6 using 1:2 with lines ls 2, \
    data index 8 using 1:2 with lines ls 3, \
    data index 10 using 1:2 with lines ls 4, \
    data index 12 using 1:2 with lines ls 5, \
    data index 14 using 1:2 with lines ls 2, \
    data index 16 using 1:2 with lines ls 3, \
    data index 18 using 1:2 with lines ls 4, \
    data index 20 using 1:2 with lines ls 5, \
    data index 0 every ::1 using 1:2:3:4 with xerrorbars ls 2 lw 1.2, \
    data index 2 every ::1 using 1:2:3:4 with xerrorbars ls 4 lw 1.2, \
    data index 4 every ::1 using 1:2:3:4 with xerrorbars ls 5 lw 1.2, \
    data index 6 every ::1 using 1:2:3:4 with xerrorbars ls 2 lw 1.2, \
    data index 8 every ::1 using 1:2:3:4 with xerrorbars ls 3 lw 1.2, \
    data index 10 every ::1 using 1:2:3:4 with xerrorbars ls 4 lw 1.2, \
    data index 12 every ::1 using 1:2:3:4 with xerrorbars ls 5 lw 1.2, \
    data index 14 every ::1 using 1:2:3:4 with xerrorbars ls 2 lw 1.2, \
    data index 16 every ::1 using 1:2:3:4 with xerrorbars ls 3 lw 1.2, \
    data index 18 every ::1 using 1:2:3:4 with xerrorbars ls 4 lw 1.2, \
    data index 20 every ::1 using 1:2:3:4 with xerrorbars ls 5 lw 1.2, \
    data index 21 using 1:2 with points ls 101, \
    data index 20 every ::1 using 1:2 with points ls 105, \
    data index 19 using 1:2 with points ls 101, \
    data index 18 every ::1 using 1:2 with points ls 104, \
    data index 17 using 1:2 with points ls 101, \
    data index 16 every ::1 using 1:2 with points ls 103, \
    data index 15 using 1:2 with points ls 101, \
    data index 14 every ::1 using 1:2 with points ls 102, \
    data index 13 using 1:2 with points ls 101, \
    data index 12 every ::1 using 1:2 with points ls 105, \
    data index 11 using 1:2 with points ls 101, \
    data index 10 every ::1 using 1:2 with points ls 104, \
    data index 9 using 1:2 with points ls 101, \
    data index 8 every ::1 using 1:2 with points ls 103, \
    data index 7 using 1:2 with points ls 101, \
    data index 6 every ::1 using 1:2 with points ls 102, \
    data index 5 using 1:2 with points ls 101, \
    data index 4 every ::1 using 1:2 with points ls 105, \
    data index 3 using 1:2 with points ls 101, \
    data index 2 every ::1 using 1:2 with points ls 104, \
    data index 1 using 1:2 with points ls 101, \
    data index 0 every ::1 using 1:2 with points ls 102, \
    data index 21 using 1:2 with points ls 1, \
    data index 20 every ::1 using 1:2 with points ls 5, \
    data index 19 using 1:2 with points ls 1, \
    data index 18 every ::1 using 1:2 with points ls 4, \
    data index 17 using 1:2 with points ls 1, \
    data index 16 every ::1 using 1:2 with points ls 3, \
    data index 15 using 1:2 with points ls 1, \
    data index 14 every ::1 using 1:2 with points ls 2, \
    data index 13 using 1:2 with points ls 1, \
    data index 12 every ::1 using 1:2 with points ls 5, \
    data index 11 using 1:2 with points ls 1, \
    data index 10 every ::1 using 1:2 with points ls 4, \
    data index 9 using 1:2 with points ls 1, \
    data index 8 every ::1 using 1:2 with points ls 3, \
    data index 7 using 1:2 with points ls 1, \
    data index 6 every ::1 using 1:2 with points ls 2, \
    data index 5 using 1:2 with points ls 1, \
    data index 4 every ::1 using 1:2 with points ls 5, \
    data index 3 using 1:2 with points ls 1, \
    data index 2 every ::1 using 1:2 with points ls 4, \
    data index 1 using 1:2 with points ls 1, \
    data index 0 every ::1 using 1:2 with points ls 2
unset label; unset arrow

# In the paper, on ImageNet (Tables 3 and 7)
set lmargin at screen 0.65945; set rmargin at screen 0.98108; set bmargin at screen 0.15778; set tmargin at screen 0.80466
set border 3 lc rgb '#8c959f' lw 1; set grid ytics lt 1 lc rgb '#e3e7eb' lw 1
unset logscale x
set xrange [69.93009521:80.2831692]; set yrange [11.5:0.5]
set xtics ('70' 70, '71' 71, '72' 72, '73' 73, '74' 74, '75' 75, '76' 76, '77' 77, '78' 78, '79' 79, '80' 80) offset 0,0.3
unset ytics
set label 'MobileNetV1 w=2' at screen 0.65188,0.77525 right font font.',11' textcolor rgb '#1f2328' front
set label 'MobileNetV1 r=2' at screen 0.65188,0.71645 right font font.',11' textcolor rgb '#1f2328' front
set label 'MobileNetV1 compound' at screen 0.65188,0.65764 right font font.',11' textcolor rgb '#1f2328' front
set label 'MobileNetV2 w=2' at screen 0.65188,0.59883 right font font.',11' textcolor rgb '#1f2328' front
set label 'MobileNetV2 d=4' at screen 0.65188,0.54002 right font font.',11' textcolor rgb '#1f2328' front
set label 'MobileNetV2 r=2' at screen 0.65188,0.48122 right font font.',11' textcolor rgb '#1f2328' front
set label 'MobileNetV2 compound' at screen 0.65188,0.42241 right font font.',11' textcolor rgb '#1f2328' front
set label 'ResNet-50 w=2' at screen 0.65188,0.36360 right font font.',11' textcolor rgb '#1f2328' front
set label 'ResNet-50 d=4' at screen 0.65188,0.30479 right font font.',11' textcolor rgb '#1f2328' front
set label 'ResNet-50 r=2' at screen 0.65188,0.24599 right font font.',11' textcolor rgb '#1f2328' front
set label 'ResNet-50 compound' at screen 0.65188,0.18718 right font font.',11' textcolor rgb '#1f2328' front
set label '+3.6' at screen 0.81372,0.77525 center font font.',11' textcolor rgb '#00639b' front
set label '+2.1' at screen 0.76712,0.71645 center font font.',11' textcolor rgb '#007354' front
set label '+5.0' at screen 0.85721,0.65764 center font font.',11' textcolor rgb '#a1457a' front
set label '+4.4' at screen 0.88207,0.59883 center font font.',11' textcolor rgb '#00639b' front
set label '+4.8' at screen 0.89449,0.54002 center font font.',11' textcolor rgb '#b04e00' front
set label '+2.8' at screen 0.83236,0.48122 center font font.',11' textcolor rgb '#007354' front
set label '+5.4' at screen 0.91313,0.42241 center font font.',11' textcolor rgb '#a1457a' front
set label '+1.7' at screen 0.92245,0.36360 center font font.',11' textcolor rgb '#00639b' front
set label '+2.1' at screen 0.93488,0.30479 center font font.',11' textcolor rgb '#b04e00' front
set label '+1.5' at screen 0.91624,0.24599 center font font.',11' textcolor rgb '#007354' front
set label '+2.8' at screen 0.95662,0.18718 center font font.',11' textcolor rgb '#a1457a' front
plot data index 22 using 1:2 with lines ls 2, \
    data index 24 using 1:2 with lines ls 4, \
    data index 26 using 1:2 with lines ls 5, \
    data index 28 using 1:2 with lines ls 2, \
    data index 30 using 1:2 with lines ls 3, \
    data index 32 using 1:2 with lines ls 4, \
    data index 34 using 1:2 with lines ls 5, \
    data index 36 using 1:2 with lines ls 2, \
    data index 38 using 1:2 with lines ls 3, \
    data index 40 using 1:2 with lines ls 4, \
    data index 42 using 1:2 with lines ls 5, \
    data index 43 using 1:2 with points ls 101, \
    data index 42 every ::1 using 1:2 with points ls 105, \
    data index 41 using 1:2 with points ls 101, \
    data index 40 every ::1 using 1:2 with points ls 104, \
    data index 39 using 1:2 with points ls 101, \
    data index 38 every ::1 using 1:2 with points ls 103, \
    data index 37 using 1:2 with points ls 101, \
    data index 36 every ::1 using 1:2 with points ls 102, \
    data index 35 using 1:2 with points ls 101, \
    data index 34 every ::1 using 1:2 with points ls 105, \
    data index 33 using 1:2 with points ls 101, \
    data index 32 every ::1 using 1:2 with points ls 104, \
    data index 31 using 1:2 with points ls 101, \
    data index 30 every ::1 using 1:2 with points ls 103, \
    data index 29 using 1:2 with points ls 101, \
    data index 28 every ::1 using 1:2 with points ls 102, \
    data index 27 using 1:2 with points ls 101, \
    data index 26 every ::1 using 1:2 with points ls 105, \
    data index 25 using 1:2 with points ls 101, \
    data index 24 every ::1 using 1:2 with points ls 104, \
    data index 23 using 1:2 with points ls 101, \
    data index 22 every ::1 using 1:2 with points ls 102, \
    data index 43 using 1:2 with points ls 1, \
    data index 42 every ::1 using 1:2 with points ls 5, \
    data index 41 using 1:2 with points ls 1, \
    data index 40 every ::1 using 1:2 with points ls 4, \
    data index 39 using 1:2 with points ls 1, \
    data index 38 every ::1 using 1:2 with points ls 3, \
    data index 37 using 1:2 with points ls 1, \
    data index 36 every ::1 using 1:2 with points ls 2, \
    data index 35 using 1:2 with points ls 1, \
    data index 34 every ::1 using 1:2 with points ls 5, \
    data index 33 using 1:2 with points ls 1, \
    data index 32 every ::1 using 1:2 with points ls 4, \
    data index 31 using 1:2 with points ls 1, \
    data index 30 every ::1 using 1:2 with points ls 3, \
    data index 29 using 1:2 with points ls 1, \
    data index 28 every ::1 using 1:2 with points ls 2, \
    data index 27 using 1:2 with points ls 1, \
    data index 26 every ::1 using 1:2 with points ls 5, \
    data index 25 using 1:2 with points ls 1, \
    data index 24 every ::1 using 1:2 with points ls 4, \
    data index 23 using 1:2 with points ls 1, \
    data index 22 every ::1 using 1:2 with points ls 2
unset label; unset arrow

unset multiplot
unset output
