package clock

import (
	"slices"
	"strings"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/bg"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/gr"
	"github.com/rickar/cal/v2/hr"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/lt"
	"github.com/rickar/cal/v2/lv"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/ro"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/si"
	"github.com/rickar/cal/v2/sk"
	"github.com/rickar/cal/v2/us"
)

// The library makes days in the zone of the machine; a day that begins an hour late there must not move a holiday.
func init() { cal.DefaultLoc = time.UTC }

// country is what the clock knows of one. Wherever a table is in doubt it holds the fewer holidays: a date that is too early is never late.
type country struct {
	name     string
	zone     string
	holidays []*cal.Holiday            // nil: no table
	regions  map[string][]*cal.Holiday // instead of holidays
	// moved: the day that stands in for a holiday on a weekend is a holiday by law (bank holidays of the United Kingdom, 5 U.S.C. §6103(b)).
	// Reg. 1182/71 Art. 2(1) knows only the days that a Member State designates, so there it is the day itself.
	moved bool
}

// countries are the EU and EEA, the United Kingdom and the United States.
var countries = map[string]country{
	"AT": {name: "Austria", zone: "Europe/Vienna", holidays: at.Holidays},
	"BE": {name: "Belgium", zone: "Europe/Brussels", holidays: be.Holidays},
	"BG": {name: "Bulgaria", zone: "Europe/Sofia", holidays: bg.Holidays},
	"CY": {name: "Cyprus", zone: "Asia/Nicosia"},
	"CZ": {name: "Czechia", zone: "Europe/Prague", holidays: cz.Holidays},
	"DE": {name: "Germany", zone: "Europe/Berlin", holidays: de.Holidays, regions: laender},
	"DK": {name: "Denmark", zone: "Europe/Copenhagen", holidays: without(dk.Holidays, dk.Grundlovsdag)}, // 5 June is no public holiday by law
	"EE": {name: "Estonia", zone: "Europe/Tallinn"},
	"ES": {name: "Spain", zone: "Europe/Madrid", holidays: es.Holidays},
	"FI": {name: "Finland", zone: "Europe/Helsinki"},
	"FR": {name: "France", zone: "Europe/Paris", holidays: fr.Holidays},
	"GB": {name: "United Kingdom", zone: "Europe/London", holidays: gb.Holidays, regions: nations, moved: true},
	"GR": {name: "Greece", zone: "Europe/Athens", holidays: gr.Holidays},
	"HR": {name: "Croatia", zone: "Europe/Zagreb", holidays: hr.Holidays},
	"HU": {name: "Hungary", zone: "Europe/Budapest"},
	"IE": {name: "Ireland", zone: "Europe/Dublin", holidays: ie.Holidays},
	"IS": {name: "Iceland", zone: "Atlantic/Reykjavik"},
	"IT": {name: "Italy", zone: "Europe/Rome", holidays: it.Holidays},
	"LI": {name: "Liechtenstein", zone: "Europe/Vaduz"},
	"LT": {name: "Lithuania", zone: "Europe/Vilnius", holidays: lt.Holidays},
	"LU": {name: "Luxembourg", zone: "Europe/Luxembourg"},
	"LV": {name: "Latvia", zone: "Europe/Riga", holidays: lv.Holidays},
	"MT": {name: "Malta", zone: "Europe/Malta"},
	"NL": {name: "Netherlands", zone: "Europe/Amsterdam", holidays: nl.Holidays},
	"NO": {name: "Norway", zone: "Europe/Oslo", holidays: no.Holidays},
	"PL": {name: "Poland", zone: "Europe/Warsaw", holidays: pl.Holidays},
	"PT": {name: "Portugal", zone: "Europe/Lisbon"},
	"RO": {name: "Romania", zone: "Europe/Bucharest", holidays: ro.Holidays},
	"SE": {name: "Sweden", zone: "Europe/Stockholm", holidays: se.Holidays},
	"SI": {name: "Slovenia", zone: "Europe/Ljubljana", holidays: si.Holidays},
	"SK": {name: "Slovakia", zone: "Europe/Bratislava", holidays: sk.Holidays},
	"US": {name: "United States", zone: "America/Los_Angeles", holidays: without(us.Holidays, us.ColumbusDay), moved: true}, // the CCPA's clock hangs in California, which does not keep Columbus Day (Gov. Code §6700)
}

// laender are the holidays of the German Länder, by their ISO 3166-2 codes.
var laender = map[string][]*cal.Holiday{
	"BW": de.HolidaysBW, "BY": de.HolidaysBY, "BE": de.HolidaysBE, "BB": de.HolidaysBB, "HB": de.HolidaysHB, "HH": de.HolidaysHH,
	"HE": de.HolidaysHE, "MV": de.HolidaysMV, "NI": de.HolidaysNI, "NW": de.HolidaysNW, "RP": de.HolidaysRP, "SL": de.HolidaysSL,
	"SN": de.HolidaysSN, "ST": de.HolidaysST, "SH": de.HolidaysSH, "TH": de.HolidaysTH,
}

// regionNames are what the regions are called in English.
var regionNames = map[string]string{
	"DE-BW": "Baden-Württemberg", "DE-BY": "Bavaria", "DE-BE": "Berlin", "DE-BB": "Brandenburg", "DE-HB": "Bremen", "DE-HH": "Hamburg",
	"DE-HE": "Hesse", "DE-MV": "Mecklenburg-Western Pomerania", "DE-NI": "Lower Saxony", "DE-NW": "North Rhine-Westphalia",
	"DE-RP": "Rhineland-Palatinate", "DE-SL": "Saarland", "DE-SN": "Saxony", "DE-ST": "Saxony-Anhalt", "DE-SH": "Schleswig-Holstein", "DE-TH": "Thuringia",
	"GB-ENG": "England", "GB-WLS": "Wales", "GB-NIR": "Northern Ireland", "GB-SCT": "Scotland",
}

// nations are the parts of the United Kingdom; the library's table is that of England and Wales. The others are the Banking and Financial
// Dealings Act 1971, Schedule 1, and the Saint Andrew's Day Bank Holiday (Scotland) Act 2007.
var nations = map[string][]*cal.Holiday{
	"ENG": gb.Holidays,
	"WLS": gb.Holidays,
	"NIR": append(slices.Clone(gb.Holidays), bank("Saint Patrick's Day", time.March, 17, gb.NewYear.Observed), bank("Battle of the Boyne", time.July, 12, gb.NewYear.Observed)),
	"SCT": append(without(gb.Holidays, gb.EasterMonday, gb.SummerHoliday), gb.SummerHolidayScotland, bank("2 January", time.January, 2, gb.BoxingDay.Observed), bank("Saint Andrew's Day", time.November, 30, gb.NewYear.Observed)),
}

func bank(name string, month time.Month, day int, moved []cal.AltDay) *cal.Holiday {
	return &cal.Holiday{Name: name, Type: cal.ObservanceBank, Month: month, Day: day, Observed: moved, Func: cal.CalcDayOfMonth}
}

func without(all []*cal.Holiday, not ...*cal.Holiday) []*cal.Holiday {
	return slices.DeleteFunc(slices.Clone(all), func(h *cal.Holiday) bool { return slices.Contains(not, h) })
}

// Place is where the clock hangs: a country of the table above and, where holidays differ within it, a region.
type Place struct {
	code, region string
	country
}

// PlaceOf gives a place by its ISO 3166 codes, as "DE" and "BY" or "". A country that has no line in the table has no holidays, which the
// clock then says; false means that the code is none, or that the country has no such region.
func PlaceOf(code, region string) (Place, bool) {
	code, region = strings.ToUpper(code), strings.ToUpper(region)
	if len(code) != 2 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return Place{}, false
	}
	c, known := countries[code]
	if !known {
		c = country{name: code, zone: "UTC"}
	}
	p := Place{code, region, c}
	if region == "" {
		return p, true
	}
	var ok bool
	p.holidays, ok = c.regions[region]
	return p, ok
}

// Code is the place as codes: "DE", "DE-BY".
func (p Place) Code() string {
	if p.region == "" {
		return p.code
	}
	return p.code + "-" + p.region
}

// Name is the country's name in English, with that of the region: "Germany, Bavaria". The zero Place has none.
func (p Place) Name() string {
	if p.region == "" {
		return p.name
	}
	return p.name + ", " + regionNames[p.Code()]
}

// within is the name as it stands after "of": "the United Kingdom", "Germany (Bavaria)".
func (p Place) within() string {
	name := p.name
	if strings.HasPrefix(name, "United ") || name == "Netherlands" {
		name = "the " + name
	}
	if p.region != "" {
		name += " (" + regionNames[p.Code()] + ")"
	}
	return name
}

// HasHolidays says whether there is a table of public holidays.
func (p Place) HasHolidays() bool { return p.holidays != nil }

// Zone is where the day of receipt is read from an instant: the capital's, California's for the United States, UTC where we know none.
func (p Place) Zone() (*time.Location, error) { return time.LoadLocation(p.zone) }

// Countries lists the codes of the countries that have a line in the table, sorted; Regions those of the regions of one.
func Countries() []string { return sorted(countries) }

// Regions lists the regions of a country whose holidays are known apart from the country's own.
func Regions(code string) []string { return sorted(countries[strings.ToUpper(code)].regions) }

func sorted[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Holiday names the public holiday of a day at a place, "" when it is none.
func (p Place) Holiday(d Date) string {
	for _, h := range p.holidays {
		if h.Type == cal.ObservanceOther { // Swedish eves: no public holidays
			continue
		}
		for year := d.noon.Year() - 1; year <= d.noon.Year()+1; year++ { // New Year's Day may be kept in December
			actual, moved := h.Calc(year)
			if same(actual, d) || p.moved && same(moved, d) {
				return h.Name
			}
		}
	}
	return ""
}

func same(t time.Time, d Date) bool { return !t.IsZero() && NewDate(t.Date()) == d }

// Workday says whether a day is neither a Saturday, a Sunday nor a public holiday (Reg. 1182/71 Art. 2(2)).
func (p Place) Workday(d Date) bool { return !weekend(d) && p.Holiday(d) == "" }

func weekend(d Date) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// rolled gives the first working day that is not before d.
func (p Place) rolled(d Date) Date {
	for !p.Workday(d) {
		d = d.AddDays(1)
	}
	return d
}

// why says what keeps a day from being a working day: "Easter Sunday", "a Saturday", "a public holiday (Tag der Arbeit)".
func (p Place) why(d Date) string {
	if actual, _ := aa.Easter.Calc(d.noon.Year()); same(actual, d) && !orthodox[p.code] {
		return "Easter Sunday"
	}
	if h := p.Holiday(d); h != "" {
		return "a public holiday (" + h + ")"
	}
	return "a " + d.Weekday().String()
}

// orthodox are the countries whose Easter is the Eastern one.
var orthodox = map[string]bool{"BG": true, "CY": true, "GR": true, "RO": true}
