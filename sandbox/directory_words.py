"""The words the generated directory is made of: cities with a ZIP, first and second halves of names,
software.
"""

# City, state, first ZIP of the city.
CITIES = tuple(
    tuple(line.split("|"))
    for line in """\
Birmingham|AL|35203
Mobile|AL|36602
Anchorage|AK|99501
Phoenix|AZ|85003
Tucson|AZ|85701
Flagstaff|AZ|86001
Little Rock|AR|72201
Fresno|CA|93701
Sacramento|CA|95814
San Diego|CA|92101
Oakland|CA|94607
Bakersfield|CA|93301
Santa Rosa|CA|95401
Denver|CO|80202
Pueblo|CO|81003
Hartford|CT|06103
New Haven|CT|06510
Wilmington|DE|19801
Tampa|FL|33602
Orlando|FL|32801
Tallahassee|FL|32301
Jacksonville|FL|32202
Atlanta|GA|30303
Savannah|GA|31401
Augusta|GA|30901
Honolulu|HI|96813
Boise|ID|83702
Chicago|IL|60601
Peoria|IL|61602
Springfield|IL|62701
Rockford|IL|61101
Indianapolis|IN|46204
Fort Wayne|IN|46802
Bloomington|IN|47404
Des Moines|IA|50309
Cedar Rapids|IA|52401
Wichita|KS|67202
Topeka|KS|66603
Louisville|KY|40202
Lexington|KY|40507
New Orleans|LA|70112
Shreveport|LA|71101
Portland|ME|04101
Bangor|ME|04401
Augusta|ME|04330
Baltimore|MD|21201
Frederick|MD|21701
Boston|MA|02108
Worcester|MA|01608
Springfield|MA|01103
Detroit|MI|48226
Grand Rapids|MI|49503
Lansing|MI|48933
Minneapolis|MN|55401
Duluth|MN|55802
Rochester|MN|55902
Jackson|MS|39201
Kansas City|MO|64105
Springfield|MO|65806
Columbia|MO|65201
Billings|MT|59101
Missoula|MT|59802
Omaha|NE|68102
Lincoln|NE|68508
Las Vegas|NV|89101
Reno|NV|89501
Manchester|NH|03101
Concord|NH|03301
Newark|NJ|07102
Trenton|NJ|08608
Albuquerque|NM|87102
Santa Fe|NM|87501
Buffalo|NY|14202
Rochester|NY|14604
Syracuse|NY|13202
Albany|NY|12207
Charlotte|NC|28202
Raleigh|NC|27601
Asheville|NC|28801
Fargo|ND|58102
Columbus|OH|43215
Dayton|OH|45402
Toledo|OH|43604
Akron|OH|44308
Tulsa|OK|74103
Norman|OK|73069
Portland|OR|97204
Eugene|OR|97401
Salem|OR|97301
Pittsburgh|PA|15222
Allentown|PA|18101
Erie|PA|16501
Lancaster|PA|17602
Providence|RI|02903
Columbia|SC|29201
Charleston|SC|29401
Sioux Falls|SD|57104
Nashville|TN|37203
Memphis|TN|38103
Knoxville|TN|37902
Austin|TX|78701
El Paso|TX|79901
Lubbock|TX|79401
San Antonio|TX|78205
Salt Lake City|UT|84101
Burlington|VT|05401
Richmond|VA|23219
Norfolk|VA|23510
Roanoke|VA|24011
Seattle|WA|98101
Spokane|WA|99201
Tacoma|WA|98402
Charleston|WV|25301
Madison|WI|53703
Milwaukee|WI|53202
Green Bay|WI|54301
Cheyenne|WY|82001""".splitlines()
)

_FIRST = """
Lakeside Bayview Cedar Birchwood Stonebridge Fairmeadow Riverbend Oakhollow Crestline Grassland Redwood
Millbrook Ashgrove Willow Bluewater Clearspring Eastgate Westfield Northpoint Southridge Maplewood
Silverlake Goldfinch Thornbury Hawthorn Juniper Larkspur Meadowlark Pinecrest Quarry Rosewood Sandhill
Tidewater Underwood Valleyview Whitestone Yarrow Amberly Brookhaven Copperfield Dovecote Elmhurst Foxglove
Greystone Hillcrest Ironwood Kingfisher Linden Mossgate Nightingale Orchard Pemberton Quillstone Ravenscroft
Starling Teaberry Upland Vesper Wrenfield Beacon Compass Evergreen Heartwood Keystone Lantern Mariner
Northstar Pioneer Ridgeline Sunrise Trailhead
"""
FIRST = (
    *_FIRST.split(),
    "Saint Brigid's",
    "Saint Odile",
    "Mercy Hill",
    "Good Neighbor",
    "Children's of",
    "Two Rivers",
    "Old Mill",
)

PROVIDERS = (
    "Health", "Medical Center", "Clinic", "Hospital", "Family Practice", "Medical Group",
    "Regional Health", "Physicians", "Pediatrics", "Women's Health", "Orthopedics", "Heart & Vascular",
    "Community Health", "Cancer Care", "Urgent Care", "Internal Medicine", "Eye Institute",
    "Behavioral Health",
)  # fmt: skip
PAYERS = ("Health Plan", "Mutual Health", "Care Advantage", "Benefit Trust", "Community Plan")

STREETS = (
    "Main St", "Oak Ave", "Wharf Rd", "Weir Ln", "Station St", "Park Blvd", "Hospital Dr",
    "College Ave", "River Rd", "Church St", "Market Sq", "Elm St", "Highland Ave", "Lake Shore Dr",
)  # fmt: skip
SOFTWARE = ("Epic", "Cerner", "athenahealth", "eClinicalWorks", "NextGen", "MEDITECH", "Allscripts")
